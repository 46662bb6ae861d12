using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Socks;

/// <summary>A service that connects clients to where they want to go: SOCKS 4, 4a and 5 (RFC 1928 and 1929), with CONNECT, BIND and UDP ASSOCIATE.</summary>
/// <remarks>
/// Listens on 127.0.0.1 unless told otherwise, and warns loudly if others than this machine can reach it. Names are resolved here, and the addresses
/// that were checked are the ones connected to. Ported from <c>twisted.protocols.socks</c>, which knows SOCKS4 only and no rules.
/// </remarks>
public sealed class SocksServer : MultiService
{
    private readonly SocksOptions _options;
    private readonly StreamServer _server;

    /// <summary>Describes a proxy on a TCP port. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="EndPoints"/>. Defaults to 1080.</param>
    /// <param name="iface">An address, a host name or a network interface. Defaults to 127.0.0.1.</param>
    /// <param name="options">What is allowed. Defaults to null: see <see cref="SocksOptions"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public SocksServer(int port = 1080, string iface = "127.0.0.1", SocksOptions? options = null)
        : this(ServerEndpoint.Tcp(port, iface), options)
    {
    }

    /// <summary>Describes a proxy at an endpoint, such as a UNIX socket or one with TLS. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="options">What is allowed. Defaults to null: see <see cref="SocksOptions"/>.</param>
    public SocksServer(ServerEndpoint endpoint, SocksOptions? options = null)
    {
        _options = options ?? new SocksOptions();
        SocksFactory factory = new(_options);
        _server = new StreamServer(endpoint, factory) { Limits = _options.Limits };
        _server.SetServiceParent(this);
        new SocksFactory.Farewell(factory).SetServiceParent(this);
    }

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _server.EndPoints;

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        if (_options.Passwords is { } passwords)
        {
            passwords.BaseDirectory = Application?.BaseDirectory;
            RecordFile(passwords.Path);
            passwords.Load();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        foreach (var endPoint in EndPoints.OfType<IPEndPoint>().Where(each => !IPAddress.IsLoopback(each.Address)))
        {
            if (_options.Passwords is not null)
                SocksLog.PasswordsInTheClear(Logger, endPoint);
            else if (_options.Allowed.Count == 0)
                SocksLog.OpenToAll(Logger, endPoint);
        }

        return Task.CompletedTask;
    }
}
