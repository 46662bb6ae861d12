using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The error codes that <see cref="Socket"/> uses for error numbers.</summary>
internal static class SocketErrors
{
    /// <summary>Returns the <see cref="SocketError"/> that <see cref="Socket"/> uses for the error of the last call.</summary>
    public static SocketError Last() => Marshal.GetLastPInvokeError() switch
    {
        Errno.TryAgain => SocketError.WouldBlock,
        9 => SocketError.OperationAborted,
        22 => SocketError.InvalidArgument,
        1 or 13 => SocketError.AccessDenied,
        23 or 24 => SocketError.TooManyOpenSockets,
        32 => SocketError.Shutdown,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        102 => SocketError.NetworkReset,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        105 => SocketError.NoBufferSpaceAvailable,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
