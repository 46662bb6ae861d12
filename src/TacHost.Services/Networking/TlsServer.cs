using System.Net;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on a TCP port, speaks TLS 1.2 or 1.3 there, and gives each connection a protocol from a factory after the handshake.</summary>
/// <remarks>
/// The protocol reads and writes plain bytes; <see cref="ITransport.LoseConnection"/> says close_notify after the last of them.
/// Certificates are read in the privileged part of the start, and again when their files change; connections that exist keep theirs. If changed files
/// cannot be read, as when only one of two has been replaced yet, that is logged and the certificate from before stays in use.
/// Ported from <c>twisted.application.internet.SSLServer</c>.
/// </remarks>
public sealed class TlsServer : StreamServer
{
    /// <summary>Describes a listener. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="LocalAddresses"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="options">The certificates.</param>
    /// <param name="iface">As for <see cref="TcpServer"/>. Defaults to the empty string: every interface, IPv4 and IPv6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public TlsServer(int port, ServerFactory factory, TlsOptions options, string iface = "")
        : base(new TlsServerEndpoint(new TcpServerEndpoint(port, iface), options), factory)
    {
    }

    /// <summary>Describes a listener with one certificate on every interface. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="LocalAddresses"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="certificate">The certificate.</param>
    public TlsServer(int port, ServerFactory factory, TlsCertificate certificate)
        : this(port, factory, new TlsOptions(certificate))
    {
    }

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public override IReadOnlyList<IPEndPoint> LocalAddresses => [.. base.LocalAddresses.Cast<IPEndPoint>()];
}
