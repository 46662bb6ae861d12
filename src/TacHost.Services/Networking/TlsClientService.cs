using System.Net;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that connects to a TCP port once, speaks TLS 1.2 or 1.3 there, and gives the connection a protocol from a factory after the handshake.</summary>
/// <remarks>The host's certificate must be for the host that is named, and from an authority that is trusted. Ported from <c>twisted.application.internet.SSLClient</c>.</remarks>
public sealed class TlsClientService : StreamClient
{
    /// <summary>Describes a client. Nothing is opened before the start.</summary>
    /// <param name="host">The name or an address of the host. The addresses of a name are all tried.</param>
    /// <param name="port">The port.</param>
    /// <param name="factory">Builds the protocol. May be shared with other clients.</param>
    /// <param name="trustRoots">A PEM file of the authorities to trust, or a directory of such files. Defaults to null: the system's.</param>
    /// <param name="timeout">The maximum time of the attempt, with its handshake. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The address of this machine to connect from. Defaults to null: the system chooses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535.</exception>
    public TlsClientService(string host, int port, ClientFactory factory, string? trustRoots = null, TimeSpan? timeout = null, IPAddress? bindAddress = null)
        : base(new TlsClientEndpoint(host, port, timeout, bindAddress) { TrustRoots = trustRoots }, factory)
    {
    }
}
