using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

/// <summary>A service that connects to an endpoint once, and assigns a protocol from a factory to the connection.</summary>
/// <remarks>
/// The start begins the attempt but does not wait for it. A failed attempt is logged and
/// reported to the factory, and the service remains running, as in Twisted.
/// <see cref="ClientService"/> retries. A stop cancels the attempt, or closes the connection gracefully and aborts it at the end of the grace period.
/// Ported from <c>twisted.application.internet.TCPClient</c> and its variants.
/// </remarks>
public class StreamClient : Service, IServiceNeeds
{
    private readonly ClientEndpoint _endpoint;
    private readonly ClientFactory _factory;
    private CancellationTokenSource? _givingUp;
    private Task<ClientConnection?> _connecting = Task.FromResult<ClientConnection?>(null);

    /// <summary>Initializes a client. Does not connect before the start.</summary>
    /// <param name="endpoint">The endpoint to connect to.</param>
    /// <param name="factory">The factory of the protocol. May be shared with other clients.</param>
    public StreamClient(ClientEndpoint endpoint, ClientFactory factory)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(factory);
        (_endpoint, _factory) = (endpoint, factory);
    }

    /// <summary>Initializes a client from the text of its endpoint, such as <c>tcp:localhost:10000</c>. Does not connect before the start.</summary>
    /// <param name="endpoint">The endpoint to connect to; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <param name="factory">The factory of the protocol. May be shared with other clients.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public StreamClient(string endpoint, ClientFactory factory)
        : this(Endpoint.ParseClient(endpoint), factory)
    {
    }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => _endpoint.NeedsOf(this);

    /// <inheritdoc/>
    protected sealed override Task OnStartAsync(CancellationToken cancellationToken)
    {
        var factory = TypeName.Of(_factory.GetType());
        _factory.DoStart(LoggerNamed(factory));
        _givingUp = new CancellationTokenSource();
        NetworkingLog.Connecting(Logger, factory, _endpoint);
        _connecting = ConnectAsync(_givingUp.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_givingUp is null)
            return;
        await _givingUp.CancelAsync();
        if (await _connecting is { } connection)
            await connection.LoseAsync(cancellationToken);
        _givingUp.Dispose();
        _givingUp = null;
        _factory.DoStop();
    }

    private async Task<ClientConnection?> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ClientConnection.ConnectAsync(_endpoint, _factory, Application?.ConnectionMetrics.Of(ServicePath), TimeProvider.System, cancellationToken);
        }
        catch (CannotConnectException e)
        {
            NetworkingLog.ConnectionFailed(Logger, e.Message);
        }
        catch (OperationCanceledException)
        {
            // Cancelled by the stop.
        }

        return null;
    }
}
