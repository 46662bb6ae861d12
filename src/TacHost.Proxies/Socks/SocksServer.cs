using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>A SOCKS proxy for SOCKS 4, 4a and 5 (RFC 1928 and 1929), with CONNECT, BIND and UDP ASSOCIATE.</summary>
/// <remarks>
/// Listens on 127.0.0.1 by default, and logs a warning if other machines can reach the proxy. The proxy resolves names, and
/// connects only to the addresses that it has checked. Ported from <c>twisted.protocols.socks</c>, which supports only SOCKS4 and has no rules.
/// </remarks>
public sealed class SocksServer : MultiService
{
    private readonly SocksOptions _options;
    private readonly StreamServer _server;

    /// <summary>Initializes a proxy on a TCP port. Sockets are not opened before the start.</summary>
    /// <param name="port">The port. 0 lets the system pick a free port; see <see cref="LocalAddresses"/>. Defaults to 1080.</param>
    /// <param name="iface">An address, a host name or a network interface. Defaults to 127.0.0.1.</param>
    /// <param name="options">The settings. Defaults to null: the defaults of <see cref="SocksOptions"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public SocksServer(int port = 1080, string iface = "127.0.0.1", SocksOptions? options = null)
        : this(ServerEndpoint.Tcp(port, iface), options)
    {
    }

    /// <summary>Initializes a proxy on an endpoint, such as a UNIX socket or TLS. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="options">The settings, or null for the defaults of <see cref="SocksOptions"/>.</param>
    public SocksServer(ServerEndpoint endpoint, SocksOptions? options)
    {
        _options = options ?? new SocksOptions();
        _server = new StreamServer(endpoint, new SocksFactory(_options)) { Limits = _options.Limits };
        _server.SetServiceParent(this);
    }

    /// <summary>Gets the bound addresses, with the actual port if the port is 0. Empty while the server is not bound.</summary>
    public IReadOnlyList<EndPoint> LocalAddresses => _server.LocalAddresses;

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
        foreach (var endPoint in LocalAddresses.OfType<IPEndPoint>().Where(each => !IPAddress.IsLoopback(each.Address)))
        {
            if (_options.Passwords is not null)
                SocksLog.PasswordsInTheClear(Logger, endPoint);
            else if (_options.Allowed.Count == 0)
                SocksLog.OpenToAll(Logger, endPoint);
        }

        return Task.CompletedTask;
    }
}
