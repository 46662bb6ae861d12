using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;
using TacHost.Services.Networking.Datagrams;

namespace TacHost.Services.Networking.Listening;

/// <summary>Creates the sockets that a process inherits from its predecessor in an upgrade.</summary>
internal static class InheritedSockets
{
    /// <summary>Creates an object for an inherited socket and becomes its owner.</summary>
    /// <exception cref="SocketException">The descriptor is not a socket.</exception>
    public static IRetainedSocket Create((int Descriptor, string ServicePath, string Name) inherited)
    {
        var (descriptor, servicePath, name) = inherited;
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, LibcSocketFiles.CloseOnExec);
        if (name.StartsWith("tcp:", StringComparison.Ordinal))
            return new Acceptor(new ListeningSocket(new SafeFileHandle(descriptor, ownsHandle: true)) { IsShared = true }, name, servicePath);
        Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: true));
        return socket.SocketType == SocketType.Dgram
            ? new DatagramSocket(socket, name, servicePath, UnixSocketFile.Inherit(socket, name)) { IsShared = true }
            : new Acceptor(UnixSocket.Inherit(socket, name), name, servicePath);
    }
}
