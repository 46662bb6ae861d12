using System.Net;

namespace TacHost.Services.Networking;

/// <summary>A bound datagram socket, as its protocol sees it.</summary>
/// <remarks>Every member may be used from any thread. Ported from <c>twisted.internet.interfaces.IUDPTransport</c> and <c>IMulticastTransport</c>.</remarks>
public interface IDatagramTransport
{
    /// <summary>The address that was bound, with the port that was picked for 0.</summary>
    EndPoint Local { get; }

    /// <summary>Sends one datagram, or loses it: never blocks, and never throws because of the peer or the network.</summary>
    /// <remarks>It is lost if the kernel's buffer is full, if it is too long (65,507 bytes over IPv4), or if the peer is not there, as datagrams may be anywhere on their way.</remarks>
    /// <param name="data">What to send; copied before the call returns.</param>
    /// <param name="endPoint">Where to.</param>
    /// <exception cref="ArgumentException">The end point is of another kind than the socket.</exception>
    void Write(ReadOnlySpan<byte> data, EndPoint endPoint);

    /// <summary>Receives what is sent to a multicast group from now on.</summary>
    /// <param name="group">The group, of the same family as the socket.</param>
    /// <param name="iface">The index of the network interface to join on. Defaults to 0: the system picks one.</param>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be joined.</exception>
    /// <exception cref="NotSupportedException">This is no UDP socket.</exception>
    void JoinGroup(IPAddress group, int iface = 0);

    /// <summary>Takes back <see cref="JoinGroup"/>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="iface">As in the join.</param>
    /// <exception cref="System.Net.Sockets.SocketException">It was not joined.</exception>
    /// <exception cref="NotSupportedException">This is no UDP socket.</exception>
    void LeaveGroup(IPAddress group, int iface = 0);
}
