using System.Net;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on an endpoint and assigns a protocol from a factory to each connection.</summary>
/// <remarks>
/// Binds in the privileged part of its start, so that low ports are bound before privileges are dropped. Accepts once started.
/// A stop first closes the port and notifies the protocols (<see cref="Protocol.Stopping"/>), which close idle connections. It waits for the others during the grace period, and then aborts them.
/// Ported from <c>twisted.application.internet.StreamServerEndpointService</c>, but a start that cannot listen fails, as it does with <c>strports.service</c>.
/// </remarks>
public class StreamServer : Service, IListeningService, IServiceNeeds
{
    private readonly ServerFactory _factory;
    private readonly ServerEndpoint _endpoint;
    private ListenerGroup? _listeners;
    private bool _factoryStarted;

    /// <summary>Initializes a listener. Opens nothing before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="factory">The factory of the protocols. May be shared with other listeners.</param>
    public StreamServer(ServerEndpoint endpoint, ServerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(factory);
        (_endpoint, _factory) = (endpoint, factory);
    }

    /// <summary>Initializes a listener from the text of its endpoint, such as <c>tcp:10000:interface=127.0.0.1</c>. Opens nothing before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="factory">The factory of the protocols. May be shared with other listeners.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public StreamServer(string endpoint, ServerFactory factory)
        : this(Endpoint.Parse(endpoint), factory)
    {
    }

    /// <summary>Gets the addresses that are listened on, with the port that the system chose for port 0. Empty if no socket is bound.</summary>
    public virtual IReadOnlyList<EndPoint> LocalAddresses => _listeners?.LocalAddresses ?? [];

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [.. _endpoint.NeedsOf(this), .. OwnNeeds];

    /// <summary>Gets the resources that the server needs beside its endpoint, for <see cref="IServiceNeeds"/>. Defaults to an empty list.</summary>
    protected virtual IReadOnlyList<ServiceNeed> OwnNeeds => [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> WaitsFor => State == ServiceState.Stopping ? _listeners?.OpenConnections ?? [] : [];

    /// <summary>Gets the limits for connections and their idle time. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <inheritdoc/>
    protected sealed override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _listeners = new ListenerGroup(this, _endpoint, _factory, Limits);
        return _listeners.BindAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected sealed override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _factory.DoStart(LoggerNamed(TypeName.Of(_factory.GetType())));
        _factoryStarted = true;
        _listeners!.Start();
        NetworkingLog.FactoryStarting(Logger, TypeName.Of(_factory.GetType()), string.Join(" and ", _listeners?.LocalAddresses ?? []));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_listeners is { } listeners)
        {
            await listeners.CloseAsync();
            await listeners.DrainAsync(cancellationToken);
            _listeners = null;
        }

        if (_factoryStarted)
        {
            _factoryStarted = false;
            _factory.DoStop();
        }
    }
}
