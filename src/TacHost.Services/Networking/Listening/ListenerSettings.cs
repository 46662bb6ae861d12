using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking.Listening;

/// <summary>The settings of a listener and of the connections that it accepts.</summary>
internal sealed record ListenerSettings(string ServicePath, ILogger Logger)
{
    /// <summary>Gets the factory of the protocols, or null if a handler receives the connections.</summary>
    public ServerFactory? Factory { get; init; }

    /// <summary>Gets the handler that receives the connections instead of protocols, or null. The handler is responsible for TLS.</summary>
    public IConnectionHandler? Handler { get; init; }

    /// <summary>Gets the root application. Its Uid and Gid become the owner of UNIX socket files.</summary>
    public Application? Application { get; init; }

    /// <summary>Gets the counters of the connections, or null if they are not counted.</summary>
    public ConnectionCounts? Counts { get; init; }

    /// <summary>Gets the proxies whose PROXY headers are trusted, or null if connections begin without such a header.</summary>
    public TrustedProxies? TrustedProxies { get; init; }

    /// <summary>Gets whether each connection begins with a PROXY header.</summary>
    public bool ExpectsProxyHeader => TrustedProxies is not null;

    /// <summary>Gets the certificates for TLS, or null for plain connections.</summary>
    public TlsCertificates? Tls { get; init; }

    /// <summary>Gets the timeout for everything before the protocol: the PROXY header and the TLS handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TlsOptions.DefaultHandshakeTimeout;

    /// <summary>Gets the limiter of the server, which is shared by all its listeners, or null for no limits.</summary>
    public ConnectionLimiter? Limiter { get; init; }

    /// <summary>Gets the idle timeout of a connection, or null for no timeout.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    public bool HasHandshake => ExpectsProxyHeader || (Tls is not null && Handler is null);

    /// <summary>Gets whether every connection needs a <see cref="System.Net.Sockets.Socket"/>.</summary>
    public bool NeedsManagedSocket => HasHandshake || Handler is not null;
}
