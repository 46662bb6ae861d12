using System.Net;

namespace TacHost.Services.Networking.Datagrams;

/// <summary>The sockets of one server as one transport, such as those of a host name with addresses of both families.</summary>
internal sealed class DatagramTransports(IReadOnlyList<DatagramTransport> sockets) : IDatagramTransport
{
    /// <inheritdoc/>
    public EndPoint Local => sockets[0].Local;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        (sockets.FirstOrDefault(socket => socket.Reaches(endPoint)) ?? sockets[0]).Write(data, endPoint);
    }

    /// <inheritdoc/>
    public void JoinGroup(IPAddress group, int interfaceIndex = 0) => For(group).JoinGroup(group, interfaceIndex);

    /// <inheritdoc/>
    public void LeaveGroup(IPAddress group, int interfaceIndex = 0) => For(group).LeaveGroup(group, interfaceIndex);

    private DatagramTransport For(IPAddress group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return sockets.FirstOrDefault(socket => socket.Local.AddressFamily == group.AddressFamily) ?? sockets[0];
    }
}
