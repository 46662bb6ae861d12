using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking.Listening;

/// <summary>What a listener is made for, and how it treats what it accepts.</summary>
internal sealed record ListenerSettings(string ServicePath, ILogger Logger)
{
    /// <summary>Gets what builds the protocols, or null if a handler gets the connections.</summary>
    public ServerFactory? Factory { get; init; }

    /// <summary>Gets who gets the connections in place of protocols, or null. TLS is left to the handler.</summary>
    public IConnectionHandler? Handler { get; init; }

    /// <summary>The application at the root of the tree, for the identity that the process will end with.</summary>
    public Application? Application { get; init; }

    /// <summary>Where connections are counted, or null for nowhere.</summary>
    public ConnectionCounts? Counts { get; init; }

    /// <summary>Gets the proxies whose PROXY headers count, or null if connections begin without such a header.</summary>
    public TrustedProxies? TrustedProxies { get; init; }

    /// <summary>Gets whether each connection begins with a PROXY header.</summary>
    public bool ExpectsProxyHeader => TrustedProxies is not null;

    /// <summary>The certificates to speak TLS with, or null for plain connections.</summary>
    public TlsCertificates? Tls { get; init; }

    /// <summary>How long a connection may take for what comes before its protocol.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TlsOptions.DefaultHandshakeTimeout;

    /// <summary>The limits of the server, counted over all of its listeners, or null for none.</summary>
    public ConnectionLimiter? Limiter { get; init; }

    /// <summary>How long a connection may be idle, or null for ever.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Whether something comes before the protocol.</summary>
    public bool HasHandshake => ExpectsProxyHeader || (Tls is not null && Handler is null);

    /// <summary>Whether .NET's socket is needed for every connection.</summary>
    public bool NeedsManagedSocket => HasHandshake || Handler is not null;
}
