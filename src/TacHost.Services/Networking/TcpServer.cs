using System.Net;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on a TCP port and gives each connection a protocol from a factory.</summary>
/// <remarks>
/// Binds in the privileged part of its start, so that a low port can be had before privileges are given up; accepts once started.
/// A stop closes the port first, then waits for the open connections until the grace period is over and aborts what is left.
/// Ported from <c>twisted.application.internet.TCPServer</c>.
/// </remarks>
public sealed class TcpServer : Service
{
    private readonly int _port;
    private readonly ServerFactory _factory;
    private readonly string _iface;
    private List<StreamListener> _listeners = [];
    private bool _factoryStarted;

    /// <summary>Describes a listener. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="EndPoints"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="iface">
    /// An address, the name of a network interface, or a host name, which means every address it resolves to.
    /// Defaults to the empty string: every interface, IPv4 and IPv6.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public TcpServer(int port, ServerFactory factory, string iface = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(iface);
        (_port, _factory, _iface) = (port, factory, iface);
    }

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _listeners.Select(listener => (IPEndPoint)listener.EndPoint)];

    /// <inheritdoc/>
    protected override async Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        var addresses = await InterfaceAddresses.ResolveAsync(_iface, Path, cancellationToken);
        var port = _port;
        CannotListenException? missing = null;
        foreach (var address in addresses)
        {
            try
            {
                var listener = StreamListener.Bind(new IPEndPoint(address, port), Path, _factory, Logger);
                _listeners.Add(listener);
                port = ((IPEndPoint)listener.EndPoint).Port;
            }
            catch (CannotListenException e) when (e.IsAddressMissing && addresses.Count > 1)
            {
                // A host name may have an address of a family that is switched off here; that is no reason not to serve the others.
                NetworkingLog.AddressMissing(Logger, _iface, address.ToString());
                missing = e;
            }
        }

        if (_listeners.Count == 0)
            throw missing!;
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _factory.DoStart(LoggerNamed(TypeName.Of(_factory.GetType())));
        _factoryStarted = true;
        foreach (var listener in _listeners)
            listener.Start();
        NetworkingLog.FactoryStarting(Logger, TypeName.Of(_factory.GetType()), string.Join(" and ", EndPoints));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var listeners = _listeners;
        if (listeners.Count > 0)
        {
            var port = EndPoints[0].Port;
            await Task.WhenAll(listeners.Select(listener => listener.CloseAsync()));
            NetworkingLog.PortClosed(Logger, port);
            await Task.WhenAll(listeners.Select(listener => listener.DrainAsync(cancellationToken)));
            _listeners = [];
        }

        if (_factoryStarted)
        {
            _factoryStarted = false;
            _factory.DoStop();
        }
    }
}
