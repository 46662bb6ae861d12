using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

/// <summary>A service that connects to an endpoint once, and gives the connection a protocol from a factory.</summary>
/// <remarks>
/// The attempt begins with the start, which does not wait for it. One that fails is logged and told to the factory, and the service stays running, as in the original;
/// <see cref="ClientService"/> tries again. A stop gives the attempt up, or closes the connection in good order and aborts it once the grace period is over.
/// Ported from <c>twisted.application.internet.TCPClient</c> and its kinds.
/// </remarks>
public class StreamClient : Service
{
    private readonly ClientEndpoint _endpoint;
    private readonly ClientFactory _factory;
    private CancellationTokenSource? _givingUp;
    private Task<ClientConnection?> _connecting = Task.FromResult<ClientConnection?>(null);

    /// <summary>Describes a client. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to connect.</param>
    /// <param name="factory">Builds the protocol. May be shared with other clients.</param>
    public StreamClient(ClientEndpoint endpoint, ClientFactory factory)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(factory);
        (_endpoint, _factory) = (endpoint, factory);
    }

    /// <summary>Describes a client by the text of its endpoint, such as <c>tcp:localhost:10000</c>. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to connect; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <param name="factory">Builds the protocol. May be shared with other clients.</param>
    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public StreamClient(string endpoint, ClientFactory factory)
        : this(Endpoint.ParseClient(endpoint), factory)
    {
    }

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
            // The stop gave it up.
        }

        return null;
    }
}
