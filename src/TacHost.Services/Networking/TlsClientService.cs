using System.Net;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that connects to a TCP port once with TLS 1.2 or 1.3, and builds the protocol of the connection after the handshake.</summary>
/// <remarks>The certificate must match the host name and come from a trusted authority. Ported from <c>twisted.application.internet.SSLClient</c>.</remarks>
public sealed class TlsClientService : StreamClient
{
    /// <summary>Initializes a client. Opens nothing before the start.</summary>
    /// <param name="host">The name or address of the host. All addresses of a name are tried.</param>
    /// <param name="port">The port.</param>
    /// <param name="factory">Builds the protocol. May be shared with other clients.</param>
    /// <param name="trustRoots">A PEM file of the authorities to trust, or a directory of such files. Defaults to null: the system's.</param>
    /// <param name="timeout">The maximum time of the attempt, including the handshake. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The address of this machine to connect from. Defaults to null: the system chooses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535.</exception>
    public TlsClientService(string host, int port, ClientFactory factory, string? trustRoots = null, TimeSpan? timeout = null, IPAddress? bindAddress = null)
        : base(new TlsClientEndpoint(host, port, timeout, bindAddress) { TrustRoots = trustRoots }, factory)
    {
    }
}
