using System.Net;
using System.Net.Sockets;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listening socket that another process, such as systemd or the previous process, created and may share.</summary>
/// <remarks>A duplicate of the descriptor is used, so that the original is available for another start.</remarks>
internal static class InheritedSocket
{
    /// <summary>Creates a listening socket from a descriptor of this process.</summary>
    /// <param name="descriptor">The number of the descriptor. It stays open, and its close-on-exec flag is set.</param>
    /// <param name="description">The user's name for the socket, for messages.</param>
    /// <param name="servicePath">The path of the service that will listen, for messages.</param>
    /// <exception cref="CannotListenException">The descriptor is not a listening stream socket.</exception>
    public static ListeningSocket Adopt(int descriptor, string description, string servicePath)
    {
        var handle = Duplicate(descriptor) ?? throw Refused("it is not open", "Start the process with a listening socket there, as systemd does, or choose another endpoint.", null);
        Exception? cause = null;
        try
        {
            Socket socket = new(handle);
            if (socket.SocketType == SocketType.Stream && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0)
            {
                // As for a socket that this process creates; accepted sockets inherit the option on Linux.
                if (socket.LocalEndPoint is IPEndPoint)
                    socket.NoDelay = true;
                return new ListeningSocket(socket) { IsShared = true };
            }
        }
        catch (SocketException e)
        {
            cause = e;
        }

        handle.Dispose();
        throw Refused("it is not a stream socket that listens", "Hand over one on which listen(2) has been called.", cause);

        CannotListenException Refused(string reason, string advice, Exception? inner) =>
            new(null, $"The service '{servicePath}' cannot listen on {description}, because of file descriptor {descriptor}: {reason}.\n  {advice}", inner);
    }

    /// <summary>Returns a duplicate of a descriptor, or null if the descriptor is not open. Child processes inherit neither.</summary>
    public static SafeSocketHandle? Duplicate(int descriptor)
    {
        var duplicate = Libc.Fcntl(descriptor, DescriptorCommand.DuplicateCloseOnExec, 0);
        if (duplicate < 0)
            return null;
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, LibcSocketFiles.CloseOnExec);
        return new SafeSocketHandle(duplicate, ownsHandle: true);
    }
}
