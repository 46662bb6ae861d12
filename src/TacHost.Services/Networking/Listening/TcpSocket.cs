using System.Net;
using System.Net.Sockets;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>Binds TCP sockets and says in words why one cannot be bound.</summary>
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
            throw new CannotListenException(endPoint, $"The service '{servicePath}' cannot listen on {endPoint}, {WhyNot(e, endPoint)}", e);
        }
    }

    private static string WhyNot(SocketException e, IPEndPoint endPoint) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"because {PortHolder.Describe(endPoint) ?? "another process"} already does.\n  Choose another port in the tac file, or stop that one first.",
        SocketError.AccessDenied =>
            "because only root may listen on a port below 1024.\n  Start as root, or choose a port above 1023.",
        SocketError.AddressNotAvailable =>
            "because this machine does not have that address.\n  Choose one of its own, such as 127.0.0.1, or leave the interface out for all of them.",
        _ => $"because of this: {e.Message}.",
    };
}
