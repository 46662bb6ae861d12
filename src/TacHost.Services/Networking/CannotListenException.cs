using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking;

/// <summary>The exception for a listener that cannot bind its address.</summary>
/// <remarks>Corresponds to <c>twisted.internet.error.CannotListenError</c>.</remarks>
public sealed class CannotListenException : NetworkingException
{
    /// <summary>Initializes the exception. The message contains the address, the cause and the remedy.</summary>
    public CannotListenException(EndPoint? localAddress, string message, Exception? cause)
        : base(message, cause) => LocalAddress = localAddress;

    /// <summary>Gets the address that could not be bound, or null if no address was found.</summary>
    public EndPoint? LocalAddress { get; }

    /// <summary>Gets whether the bind failed because this machine does not have the address.</summary>
    internal bool IsAddressUnavailable => (InnerException as SocketException)?.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
}
