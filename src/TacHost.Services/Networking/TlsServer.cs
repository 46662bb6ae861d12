using System.Net;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on a TCP port with TLS 1.2 or 1.3, and builds a protocol for each connection after the handshake.</summary>
/// <remarks>
/// The protocol reads and writes plain text. <see cref="ITransport.LoseConnection"/> sends close_notify after the last byte.
/// Certificates are read in the privileged part of the start, and again when their files change. Existing connections are not affected.
/// If changed files cannot be read, for example because only one of two has been replaced, this is logged and the previous certificate stays in use.
/// Ported from <c>twisted.application.internet.SSLServer</c>.
/// </remarks>
public sealed class TlsServer : StreamServer
{
    /// <summary>Initializes a listener. Opens nothing before the start.</summary>
    /// <param name="port">The port, or 0 for a port that the system chooses; see <see cref="LocalAddresses"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="options">The certificates.</param>
    /// <param name="iface">As for <see cref="TcpServer"/>. Defaults to the empty string: every interface, IPv4 and IPv6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public TlsServer(int port, ServerFactory factory, TlsOptions options, string iface = "")
        : base(new TlsServerEndpoint(new TcpServerEndpoint(port, iface), options), factory)
    {
    }

    /// <summary>Initializes a listener with one certificate on every interface. Opens nothing before the start.</summary>
    /// <param name="port">The port, or 0 for a port that the system chooses; see <see cref="LocalAddresses"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="certificate">The certificate.</param>
    public TlsServer(int port, ServerFactory factory, TlsCertificate certificate)
        : this(port, factory, new TlsOptions(certificate))
    {
    }

    /// <summary>Gets the bound addresses, with the port that the system chose for port 0. Empty while the server is not bound.</summary>
    public override IReadOnlyList<IPEndPoint> LocalAddresses => [.. base.LocalAddresses.Cast<IPEndPoint>()];
}
