using System.Net;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that connects to a TCP port once, and builds the protocol of the connection with a factory.</summary>
/// <remarks>Ported from <c>twisted.application.internet.TCPClient</c>.</remarks>
public sealed class TcpClientService : StreamClient
{
    /// <summary>Initializes a client. Opens nothing before the start.</summary>
    /// <param name="host">The name or address of the host. All addresses of a name are tried.</param>
    /// <param name="port">The port.</param>
    /// <param name="factory">Builds the protocol. May be shared with other clients.</param>
    /// <param name="timeout">The maximum time of the attempt. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The address of this machine to connect from. Defaults to null: the system chooses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535.</exception>
    public TcpClientService(string host, int port, ClientFactory factory, TimeSpan? timeout = null, IPAddress? bindAddress = null)
        : base(new TcpClientEndpoint(host, port, timeout, bindAddress), factory)
    {
    }
}
