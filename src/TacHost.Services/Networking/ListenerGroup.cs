using System.Net;
using System.Net.Security;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>The listening sockets of one service: binds, accepts, counts against the limits, closes and drains.</summary>
/// <remarks>
/// A service calls <see cref="BindAsync"/> in its privileged start, <see cref="Start"/> in its start, and <see cref="CloseAsync"/> and <see cref="DrainAsync"/> in its stop,
/// also in one after a start that failed. Connections are counted in the metrics of the service. While a supervisor restarts the service, the sockets stay open.
/// </remarks>
public sealed class ListenerGroup
{
    private readonly Service _service;
    private readonly ServerEndpoint _endpoint;
    private readonly ServerFactory? _factory;
    private readonly IConnectionHandler? _handler;
    private readonly ConnectionLimits _limits;
    private List<StreamListener> _listeners = [];

    /// <summary>Initializes a group whose connections a handler gets. Opens nothing.</summary>
    /// <param name="service">The service, for messages, the log and the metrics.</param>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="handler">Gets the connections, after the PROXY header if the endpoint has one. TLS is left to the handler; see <see cref="TlsOptions"/>.</param>
    /// <param name="limits">The limits over all sockets of the group, or null for none. The idle timeout is left to the handler.</param>
    public ListenerGroup(Service service, ServerEndpoint endpoint, IConnectionHandler handler, ConnectionLimits? limits = null)
        : this(service, endpoint, limits)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = handler;
    }

    internal ListenerGroup(Service service, ServerEndpoint endpoint, ServerFactory factory, ConnectionLimits? limits)
        : this(service, endpoint, limits) => _factory = factory;

    private ListenerGroup(Service service, ServerEndpoint endpoint, ConnectionLimits? limits)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(endpoint);
        (_service, _endpoint, _limits) = (service, endpoint, limits ?? new ConnectionLimits());
    }

    /// <summary>Gets the addresses of the sockets, with the port that was picked for 0. Empty while nothing is bound.</summary>
    public IReadOnlyList<EndPoint> LocalAddresses => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <summary>Gets the peer of each open connection with a protocol, and how long it has been idle.</summary>
    internal IReadOnlyList<string> OpenConnections => [.. _listeners.SelectMany(listener => listener.OpenConnections)];

    /// <summary>Gets what chooses the certificate for a TLS handshake, or null if the endpoint is not a TLS endpoint. Known once the group is bound.</summary>
    public ServerOptionsSelectionCallback? TlsOptions => _listeners.Select(listener => listener.Settings.Tls).FirstOrDefault(tls => tls is not null) is { } certificates ? certificates.ChooseAsync : null;

    /// <summary>Gets how long a TLS handshake may take. Known once the group is bound.</summary>
    public TimeSpan HandshakeTimeout => _listeners.Count > 0 ? _listeners[0].Settings.HandshakeTimeout : Networking.TlsOptions.DefaultHandshakeTimeout;

    /// <summary>Binds the sockets. From here on the kernel completes connections, which wait until <see cref="Start"/>.</summary>
    /// <exception cref="CannotListenException">The endpoint cannot be bound. <see cref="CloseAsync"/> closes the sockets that were bound before.</exception>
    public Task BindAsync(CancellationToken cancellationToken)
    {
        foreach (var file in _endpoint.Files)
            _service.RecordFile(file);
        ListenerSettings settings = new(_service.ServicePath, _service.Logger)
        {
            Factory = _factory,
            Handler = _handler,
            Application = _service.Application,
            Counts = _service.Application?.ConnectionMetrics.Of(_service.ServicePath),
            Limiter = (_limits.MaxConnections ?? _limits.MaxConnectionsPerAddress) is null ? null : new ConnectionLimiter(_limits),
            IdleTimeout = _handler is null ? _limits.IdleTimeout : null,
        };
        return _endpoint.ListenAsync(settings, _listeners, cancellationToken);
    }

    /// <summary>Begins to accept.</summary>
    public void Start()
    {
        foreach (var listener in _listeners)
            listener.Start();
    }

    /// <summary>Closes the sockets, after accepting what the kernel had completed by now, and ends when nothing is accepted any more.</summary>
    public async Task CloseAsync()
    {
        await Task.WhenAll(_listeners.Select(listener => listener.CloseAsync()));
        foreach (var title in _listeners.Where(listener => !listener.IsSocketRetained).Select(listener => listener.Title).Distinct())
            NetworkingLog.PortClosed(_service.Logger, title);
    }

    /// <summary>Waits until the open connections have ended, and forgets the sockets. Connections that a handler got are not waited for.</summary>
    /// <param name="cancellationToken">Aborts the connections that are still open.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_listeners.Select(listener => listener.DrainAsync(cancellationToken)));
        _listeners = [];
    }
}
