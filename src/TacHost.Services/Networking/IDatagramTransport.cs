using System.Net;

namespace TacHost.Services.Networking;

/// <summary>The transport of a <see cref="DatagramProtocol"/>: a bound datagram socket.</summary>
/// <remarks>All members are thread-safe. Ported from <c>twisted.internet.interfaces.IUDPTransport</c> and <c>IMulticastTransport</c>.</remarks>
public interface IDatagramTransport
{
    /// <summary>Gets the bound address, with the port that the system chose for port 0.</summary>
    EndPoint Local { get; }

    /// <summary>Sends one datagram, or drops it. Never blocks, and never throws because of the peer or the network.</summary>
    /// <remarks>
    /// A datagram is dropped if the kernel's buffer is full, the datagram is too long (over
    /// 65,507 bytes on IPv4), or the peer is unreachable. It can also be lost in the network.
    /// </remarks>
    /// <param name="data">The data; copied before the call returns.</param>
    /// <param name="endPoint">The address of the receiver.</param>
    /// <exception cref="ArgumentException">The address family of the end point differs from that of the socket.</exception>
    void Write(ReadOnlySpan<byte> data, EndPoint endPoint);

    /// <summary>Joins a multicast group, and receives the datagrams sent to the group from now on.</summary>
    /// <param name="group">The group, of the same address family as the socket.</param>
    /// <param name="interfaceIndex">The index of the network interface to join on. Defaults to 0: the system chooses one.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The group cannot be joined.</exception>
    /// <exception cref="NotSupportedException">The transport is not a UDP socket.</exception>
    void JoinGroup(IPAddress group, int interfaceIndex = 0);

    /// <summary>Leaves a multicast group; see <see cref="JoinGroup"/>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="interfaceIndex">The index that was passed to <see cref="JoinGroup"/>.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The group was not joined.</exception>
    /// <exception cref="NotSupportedException">The transport is not a UDP socket.</exception>
    void LeaveGroup(IPAddress group, int interfaceIndex = 0);
}
