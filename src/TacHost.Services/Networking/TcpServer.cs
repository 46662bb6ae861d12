using System.Net;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on a TCP port, and builds a protocol for each connection.</summary>
/// <remarks>Ported from <c>twisted.application.internet.TCPServer</c>.</remarks>
public sealed class TcpServer : StreamServer
{
    /// <summary>Initializes a listener. Opens nothing before the start.</summary>
    /// <param name="port">The port, or 0 for a port that the system chooses; see <see cref="LocalAddresses"/>.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="iface">
    /// An address, the name of a network interface, or a host name, which means every address it resolves to.
    /// Defaults to the empty string: every interface, IPv4 and IPv6.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public TcpServer(int port, ServerFactory factory, string iface = "")
        : base(new TcpServerEndpoint(port, iface), factory)
    {
    }

    /// <summary>Gets the bound addresses, with the port that the system chose for port 0. Empty while the server is not bound.</summary>
    public override IReadOnlyList<IPEndPoint> LocalAddresses => [.. base.LocalAddresses.Cast<IPEndPoint>()];
}
