using System.Net;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A service that listens at an endpoint and gives each connection a protocol from a factory.</summary>
/// <remarks>
/// Binds in the privileged part of its start, so that a low port can be had before privileges are given up; accepts once started.
/// A stop closes the port first, then waits for the open connections until the grace period is over and aborts what is left.
/// Ported from <c>twisted.application.internet.StreamServerEndpointService</c>, but a start that cannot listen fails, as it does with <c>strports.service</c>.
/// </remarks>
public class StreamServer : Service, IServiceNeeds
{
    private readonly ServerFactory _factory;
    private readonly ServerEndpoint _endpoint;
    private List<StreamListener> _listeners = [];
    private bool _factoryStarted;

    /// <summary>Describes a listener. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    public StreamServer(ServerEndpoint endpoint, ServerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(factory);
        (_endpoint, _factory) = (endpoint, factory);
    }

    /// <summary>Describes a listener by the text of its endpoint, such as <c>tcp:10000:interface=127.0.0.1</c>. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public StreamServer(string endpoint, ServerFactory factory)
        : this(Endpoint.Parse(endpoint), factory)
    {
    }

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [new ServiceNeed(ServiceNeedKind.Listen, _endpoint.ToString())];

    /// <summary>How many connections there may be, and how long one may be idle. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <inheritdoc/>
    protected sealed override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in _endpoint.Files)
            RecordFile(file);
        ListenerSettings settings = new(ServicePath, _factory, Logger)
        {
            Application = Application,
            Counts = Application?.ConnectionMetrics.Of(ServicePath),
            Limiter = (Limits.Connections ?? Limits.ConnectionsPerAddress) is null ? null : new ConnectionLimiter(Limits),
            IdleTimeout = Limits.IdleTimeout,
        };
        return _endpoint.ListenAsync(settings, _listeners, cancellationToken);
    }

    /// <inheritdoc/>
    protected sealed override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _factory.DoStart(LoggerNamed(TypeName.Of(_factory.GetType())));
        _factoryStarted = true;
        foreach (var listener in _listeners)
            listener.Start();
        NetworkingLog.FactoryStarting(Logger, TypeName.Of(_factory.GetType()), string.Join(" and ", EndPoints));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var listeners = _listeners;
        await Task.WhenAll(listeners.Select(listener => listener.CloseAsync()));
        foreach (var title in listeners.Where(listener => !listener.IsSocketKept).Select(listener => listener.Title).Distinct())
            NetworkingLog.PortClosed(Logger, title);
        await Task.WhenAll(listeners.Select(listener => listener.DrainAsync(cancellationToken)));
        _listeners = [];

        if (_factoryStarted)
        {
            _factoryStarted = false;
            _factory.DoStop();
        }
    }
}
