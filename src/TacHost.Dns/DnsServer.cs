using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Dns.Forwarding;
using TacHost.Dns.Zones;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Dns;

/// <summary>A service that answers DNS questions over UDP and TCP: from its zones, clusters, a hosts file, and upstream servers with a cache.</summary>
/// <remarks>
/// The sources are searched in this order. A name in a zone is not looked up in the other sources.
/// Files are read in the privileged part of the start and checked for changes every second.
/// If a changed file has an error, the error is logged with its line and the previous content stays in use.
/// Ported from <c>twisted.names.server.DNSServerFactory</c> and <c>twisted.names.tap</c>.
/// </remarks>
public sealed class DnsServer : MultiService, IServiceNeeds
{
    private static readonly TimeSpan _refreshStep = TimeSpan.FromSeconds(1), _clusterStep = TimeSpan.FromMilliseconds(500);

    private readonly string _iface;
    private readonly DnsOptions _options;
    private readonly LocalNames _names;
    private UdpServer? _datagrams;
    private Forwarder? _forwarder;

    /// <summary>Initializes a server. Sockets are not opened before the start.</summary>
    /// <param name="port">The port, for UDP and TCP. 0 lets the system pick a free port; see <see cref="LocalAddresses"/>. Defaults to 53.</param>
    /// <param name="iface">An address, a host name or a network interface, or the empty string for all interfaces. Defaults to <c>localhost</c>.</param>
    /// <param name="options">The settings. Defaults to null: the server refuses every question.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public DnsServer(int port = 53, string iface = "localhost", DnsOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        ArgumentNullException.ThrowIfNull(iface);
        (_iface, _options) = (iface, options ?? new DnsOptions());
        _names = new LocalNames(_options);
        if (_options.Zones.Count > 0 || _options.HostsFile is not null)
            new TimerService(_refreshStep, () => _names.Refresh(Logger)) { TimeProvider = _options.TimeProvider }.SetServiceParent(this);
        if (_options.ClusterZones.Count > 0)
            new TimerService(_clusterStep, cancellationToken => _names.RefreshClustersAsync(Logger, cancellationToken)) { TimeProvider = _options.TimeProvider }.SetServiceParent(this);
        if (port != 0)
            AddListeners(port);
    }

    /// <summary>Gets the addresses bound for UDP and TCP, with the actual port if the port is 0. Empty while the server is not listening.</summary>
    public IReadOnlyList<IPEndPoint> LocalAddresses => _datagrams?.LocalAddresses ?? [];

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs =>
    [
        .. _options.Zones.Select(zone => NeedOf(zone.Path, path => ZoneFile.Read(path, zone.Origin, _ => { }))),
        .. _options.HostsFile is { } hosts ? new[] { NeedOf(hosts, path => HostsFile.Read(path)) } : [],
    ];

    /// <summary>Gets the source of the responses. Each start has its own.</summary>
    internal DnsResponder Responder { get; private set; } = null!;

    /// <summary>Gets the size of the cached answers in bytes.</summary>
    internal long CachedBytes => _forwarder?.Cache.Size ?? 0;

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in _names.Paths)
            RecordFile(file);
        _names.Load(Logger, ResolvePath);
        foreach (var file in _names.Included)
            RecordFile(file);
        _forwarder = _options.Upstreams.Count > 0 ? new Forwarder(_options, Logger) : null;
        Responder = new DnsResponder(_options, _names, _forwarder, Logger);

        // Only the first start can choose a port for both, and later ones keep it.
        if (_datagrams is null)
            AddListeners(PickPort());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        await _names.RefreshClustersAsync(Logger, cancellationToken);
        if (_forwarder is null || LocalAddresses.FirstOrDefault(each => !IPAddress.IsLoopback(each.Address)) is not { } open)
            return;
        foreach (var network in _options.Allowed.Where(network => !IPAddress.IsLoopback(network.BaseAddress)))
            DnsLog.ForwardsForOthers(Logger, network, open);
    }

    /// <inheritdoc/>
    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        _forwarder?.Dispose();
        _forwarder = null;
        return Task.CompletedTask;
    }

    private ServiceNeed NeedOf(string file, Action<string> read) => new(ServiceNeedKind.File, file)
    {
        Verify = () =>
        {
            try
            {
                read(ResolvePath(file));
                return null;
            }
            catch (ZoneFileException e)
            {
                return $"which cannot be used: {e.Message.Split('\n')[0]}";
            }
        },
    };

    private void AddListeners(int port)
    {
        _datagrams = new UdpServer(port, new DnsDatagrams(this), _iface);
        _datagrams.SetServiceParent(this);
        new TcpServer(port, new DnsStreamFactory(this), _iface) { Limits = _options.Limits }.SetServiceParent(this);
    }

    /// <summary>Returns a port that is free for UDP and TCP, from those that the system does not give to sockets without a port of their own.</summary>
    private static int PickPort()
    {
        const int lowest = 20_000, mostTries = 1_000;
        var (first, last) = EphemeralPorts();
        for (var tries = 0; ; tries++)
        {
            var port = Random.Shared.Next(lowest, IPEndPoint.MaxPort + 1);
            if ((port < first || port > last || tries > mostTries) && IsFree(port))
                return port;
        }
    }

    /// <summary>Returns the first and the last port that the system gives to clients (ip(7)).</summary>
    private static (int First, int Last) EphemeralPorts()
    {
        try
        {
            var words = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (0, 0); // a chroot without /proc
        }
    }

    private static bool IsFree(int port)
    {
        // The sockets have no address family, so they bind IPv4 and IPv6.
        using Socket stream = Socket.OSSupportsIPv6 ? new(SocketType.Stream, ProtocolType.Tcp) : new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using Socket datagrams = Socket.OSSupportsIPv6 ? new(SocketType.Dgram, ProtocolType.Udp) : new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        IPEndPoint any = new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);
        try
        {
            stream.Bind(any);
            datagrams.Bind(any);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
