using System.Net;
using System.Net.Sockets;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>Binds TCP sockets.</summary>
internal static class TcpSocket
{
    /// <summary>As long as the kernel allows (net.core.somaxconn).</summary>
    public const int LongestBacklog = int.MaxValue;

    /// <summary>Binds and listens: from here on the kernel completes connections, to be accepted once the listener starts.</summary>
    /// <exception cref="CannotListenException">The address cannot be bound.</exception>
    public static ListeningSocket Listen(IPEndPoint endPoint, int backlog, string servicePath)
    {
        try
        {
            return new ListeningSocket(LibcListening.Listen(endPoint, backlog));
        }
        catch (SocketException e)
        {
            throw BindError.Of(e, endPoint, ProtocolType.Tcp, servicePath);
        }
    }
}
