using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using TacHost.Native;
using TacHost.Services.Networking.Listening;

namespace TacHost.Dashboard.Access;

/// <summary>The user of the peer of a local connection, as reported by the kernel.</summary>
internal static class LocalPeer
{
    private const string Established = "01";

    /// <summary>Returns whether the peer belongs to the user of this process or to root.</summary>
    public static bool IsMine(HttpContext context) => UserOf(context) is { } user && (user == 0 || user == LibcAccounts.GetEuid());

    private static uint? UserOf(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return null;
        if (socket.AddressFamily == AddressFamily.Unix)
            return LocalSocket.PeerOf(socket.SafeHandle).User;
        return socket is { RemoteEndPoint: IPEndPoint peer, LocalEndPoint: IPEndPoint here } && IPAddress.IsLoopback(Plain(peer).Address) ? UserOf(Plain(peer), Plain(here)) : null;
    }

    /// <summary>Searches the kernel's table for the peer's end of a TCP connection. The table has the user of established connections only.</summary>
    private static uint? UserOf(IPEndPoint peer, IPEndPoint here)
    {
        foreach (var row in ProcNetSocket.Read("tcp"))
        {
            if (row.State == Established && row.Local.Equals(peer) && row.Remote.Equals(here))
                return row.User;
        }

        return null;
    }

    private static IPEndPoint Plain(IPEndPoint endPoint) => endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
