using System.Net.Sockets;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listening socket that somebody else made and may share, such as systemd or the process before this one.</summary>
/// <remarks>It is worked on through a duplicate, so that the descriptor is still there for another start.</remarks>
internal static class InheritedSocket
{
    /// <summary>Takes on a descriptor of this process.</summary>
    /// <param name="descriptor">Its number. It stays open, and is closed on exec(2) from now on.</param>
    /// <param name="description">What the user calls it, for messages.</param>
    /// <param name="servicePath">The service that is to listen, for messages.</param>
    /// <exception cref="CannotListenException">It is not a listening stream socket.</exception>
    public static ListeningSocket Take(int descriptor, string description, string servicePath)
    {
        var duplicate = Libc.Fcntl(descriptor, DescriptorCommand.DuplicateCloseOnExec, 0);
        if (duplicate < 0)
            throw Refused("it is not open", "Start the process with a listening socket there, as systemd does, or choose another endpoint.", null);
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, Libc.CloseOnExec);

        SafeSocketHandle handle = new(duplicate, ownsHandle: true);
        Exception? cause = null;
        try
        {
            Socket socket = new(handle);
            if (socket.SocketType == SocketType.Stream && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0)
                return new ListeningSocket(socket) { IsShared = true };
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
}
