using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Listening;

/// <summary>Makes the exception for a socket that cannot be bound: one text for TCP and UDP.</summary>
internal static class BindError
{
    /// <param name="failure">The error of the operating system.</param>
    /// <param name="endPoint">The address.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="servicePath">The path of the service.</param>
    /// <param name="purpose">The words after the address, such as <c> for 'echo/tcp'</c>.</param>
    public static CannotListenException Of(SocketException failure, IPEndPoint endPoint, ProtocolType protocol, string servicePath, string purpose = "")
    {
        var address = protocol == ProtocolType.Udp ? $"UDP {endPoint}" : $"{endPoint}";
        return new CannotListenException(endPoint, $"The service '{servicePath}' cannot listen on {address}{purpose}{Explain(failure, endPoint, protocol)}", failure);
    }

    private static string Explain(SocketException failure, IPEndPoint endPoint, ProtocolType protocol) => failure.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $", because {PortHolder.Describe(endPoint, protocol) ?? "another process"} already does.\n  Choose another port, or stop that process first.",
        SocketError.AccessDenied =>
            ", because only root may listen on a port below 1024.\n  Start as root, or choose a port above 1023.",
        SocketError.AddressNotAvailable =>
            ", because this machine does not have that address.\n  Choose one of its own, such as 127.0.0.1, or listen on all of them.",
        _ => $": {failure.Message}.",
    };
}
