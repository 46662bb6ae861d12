using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Listening;

/// <summary>A socket of a systemd socket unit that is bound to the address of a server.</summary>
/// <remarks>
/// A server uses it instead of binding a socket, so a tac file needs no change to run with socket units.
/// The server uses a duplicate. The original stays open, so that a later start of the service finds it again.
/// </remarks>
internal static class ActivatedSocket
{
    /// <summary>Returns the listening socket for an address, or null if systemd has not opened one.</summary>
    /// <param name="address">The address that the server would bind, or null for an address that no socket can have.</param>
    /// <param name="name">The name of the socket; see <see cref="IRetainedSocket.Name"/>.</param>
    /// <param name="servicePath">The path of the service, for messages.</param>
    /// <param name="application">The application. A second server of it with the same address gets null, so that it fails as without systemd.</param>
    public static ListeningSocket? FindListening(EndPoint? address, string name, string servicePath, Application? application) =>
        Find(address, SocketType.Stream, name, application, ActivationEnvironment.OfThisProcess) is { } descriptor
            ? InheritedSocket.Adopt(descriptor, $"'{name}'", servicePath)
            : null;

    /// <summary>Returns the datagram socket for an address, or null if systemd has not opened one.</summary>
    /// <inheritdoc cref="FindListening"/>
    public static Socket? FindDatagram(EndPoint? address, string name, Application? application) =>
        Find(address, SocketType.Dgram, name, application, ActivationEnvironment.OfThisProcess) is { } descriptor
            ? new Socket(InheritedSocket.Duplicate(descriptor)!)
            : null;

    /// <summary>Returns the descriptor of the first socket with an address and a type, or null.</summary>
    public static int? Find(EndPoint? address, SocketType type, string name, Application? application, ActivationEnvironment activation)
    {
        if (address is null || activation.MissingReason is not null || application?.ListeningSockets.IsUsed(name) == true)
            return null;
        for (var index = 0; index < activation.Count; index++)
        {
            var descriptor = activation.DescriptorAt(index);
            if (IsBoundTo(descriptor, address, type))
                return descriptor;
        }

        return null;
    }

    private static bool IsBoundTo(int descriptor, EndPoint address, SocketType type)
    {
        try
        {
            using Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: false));
            return socket.SocketType == type && address.Equals(socket.LocalEndPoint);
        }
        catch (SocketException)
        {
            // systemd passes FIFOs and other files in the same way.
            return false;
        }
    }
}
