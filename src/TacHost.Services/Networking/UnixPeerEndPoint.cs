using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking;

/// <summary>Who is at the other end of a UNIX socket. Such a client has no address; the kernel says which process made the connection (SO_PEERCRED of unix(7)).</summary>
public sealed class UnixPeerEndPoint : EndPoint, IEquatable<UnixPeerEndPoint>
{
    private UnixPeerEndPoint(int processId, int userId, int groupId) => (ProcessId, UserId, GroupId) = (processId, userId, groupId);

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => AddressFamily.Unix;

    /// <summary>The process that connected, at that time; 0 if it is in a process namespace that cannot be seen from here.</summary>
    public int ProcessId { get; }

    /// <summary>The user whom that process ran as, checked by the kernel.</summary>
    public int UserId { get; }

    /// <summary>The main group that process ran as, checked by the kernel.</summary>
    public int GroupId { get; }

    /// <summary>Such as "process 4711 of user 1000".</summary>
    public override string ToString() => $"process {ProcessId} of user {UserId}";

    /// <inheritdoc/>
    public bool Equals(UnixPeerEndPoint? other) =>
        other is not null && (ProcessId, UserId, GroupId) == (other.ProcessId, other.UserId, other.GroupId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UnixPeerEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ProcessId, UserId, GroupId);

    /// <summary>Asks the kernel about a connected socket.</summary>
    /// <exception cref="SocketException">It is not connected any more.</exception>
    internal static UnixPeerEndPoint Of(SafeHandle socket)
    {
        var (process, user, group) = Libc.CredentialsOf(socket);
        return new UnixPeerEndPoint(process, user, group);
    }
}
