using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Services.Networking;

/// <summary>The peer of a UNIX socket. A client has no address; the kernel reports the process that connected (SO_PEERCRED of unix(7)).</summary>
public sealed class UnixPeerEndPoint : EndPoint, IEquatable<UnixPeerEndPoint>
{
    private UnixPeerEndPoint(int processId, int userId, int groupId) => (ProcessId, UserId, GroupId) = (processId, userId, groupId);

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => AddressFamily.Unix;

    /// <summary>Gets the ID of the process that connected, or 0 if its PID namespace is not visible from here.</summary>
    public int ProcessId { get; }

    /// <summary>Gets the user ID of that process when it connected, verified by the kernel.</summary>
    public int UserId { get; }

    /// <summary>Gets the primary group ID of that process when it connected, verified by the kernel.</summary>
    public int GroupId { get; }

    /// <summary>Returns a text such as "process 4711 of user 1000".</summary>
    public override string ToString() => $"process {ProcessId} of user {UserId}";

    /// <inheritdoc/>
    public bool Equals(UnixPeerEndPoint? other) =>
        other is not null && (ProcessId, UserId, GroupId) == (other.ProcessId, other.UserId, other.GroupId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UnixPeerEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ProcessId, UserId, GroupId);

    /// <summary>Returns the peer of a connected socket, as reported by the kernel.</summary>
    /// <exception cref="SocketException">The socket is no longer connected.</exception>
    internal static UnixPeerEndPoint Of(SafeHandle socket)
    {
        var (process, user, group) = LibcStreams.CredentialsOf(socket);
        return new UnixPeerEndPoint(process, user, group);
    }
}
