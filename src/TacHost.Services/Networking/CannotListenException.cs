using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking;

/// <summary>A listener could not be bound to its address.</summary>
/// <remarks>The counterpart of <c>twisted.internet.error.CannotListenError</c>.</remarks>
public sealed class CannotListenException : Exception
{
    /// <summary>Makes the exception; the message says what failed, on what, why, and what to do.</summary>
    public CannotListenException(EndPoint? endPoint, string message, Exception? cause)
        : base(message, cause) => EndPoint = endPoint;

    /// <summary>The address that could not be bound, or null if none was found.</summary>
    public EndPoint? EndPoint { get; }

    /// <summary>Whether the address is simply not one of this machine's.</summary>
    internal bool IsAddressMissing => (InnerException as SocketException)?.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
}
