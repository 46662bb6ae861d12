using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>The file of a bound UNIX socket.</summary>
/// <remarks>
/// The file belongs to this object as long as its inode is the same. Remove it before the
/// socket is closed, because the open socket prevents the reuse of the inode number.
/// The socket is bound by bind(2), because a <see cref="Socket"/> deletes the file at its path when it is disposed, if it bound the path itself.
/// </remarks>
internal sealed class UnixSocketFile
{
    private const int PathOffset = 2;
    private const int UnixDomain = 1;
    private const int CloseOnExec = 0x80000;
    private const int Unchanged = -1;

    private readonly string _path;
    private readonly FileStatus _status;

    private UnixSocketFile(string path, FileStatus status) => (_path, _status) = (path, status);

    /// <summary>Creates a socket and its file with the owner and the mode. Replaces a file that no process uses.</summary>
    /// <param name="path">The path. A relative path is resolved against the application's base directory.</param>
    /// <param name="mode">The permissions.</param>
    /// <param name="type">The type of the socket.</param>
    /// <param name="open">Called when the file has its owner and mode, before another process may inspect it.</param>
    /// <param name="servicePath">The path of the service, for messages.</param>
    /// <param name="application">The application, for the owner and the base directory, or null.</param>
    /// <param name="cancellationToken">Cancels the wait for the lock on the directory.</param>
    /// <exception cref="CannotListenException">The path cannot be bound.</exception>
    public static async Task<(Socket Socket, UnixSocketFile File)> MakeAsync(
        string path, UnixFileMode mode, SocketType type, Action<Socket> open, string servicePath, Application? application, CancellationToken cancellationToken)
    {
        path = Resolve(path, application);
        using UnixPath place = new(path, servicePath);
        place.Open();
        using var @lock = await DirectoryLock.TakeAsync(place.Directory, cancellationToken);
        place.RemoveStale(type);
        SafeSocketHandle handle = new(LibcSockets.Socket(UnixDomain, (type == SocketType.Stream ? 1 : 2) | CloseOnExec, 0), ownsHandle: true);
        var made = false;
        try
        {
            place.Check(handle.IsInvalid ? -1 : 0, "make a socket");
            place.Check(Bind(handle, place.CallPath), "make the file");
            made = true;
            var status = HandOver(mode, place, application);
            Socket socket = new(handle);
            open(socket);
            return (socket, new UnixSocketFile(path, status));
        }
        catch (Exception e) when (e is CannotListenException or SocketException)
        {
            if (made)
                _ = LibcFiles.UnlinkAt(place.Directory, place.Name, 0);
            handle.Dispose();
            if (e is CannotListenException)
                throw;
            throw place.Refused($"the system refused: {e.Message}", "Correct that, or choose another path", e);
        }
    }

    /// <summary>Returns the absolute path of a socket file, because the working directory may have changed when the file is removed.</summary>
#pragma warning disable RS0030 // without an application, there is no other directory
    public static string Resolve(string path, Application? application) => application?.ResolvePath(path) ?? Path.GetFullPath(path);
#pragma warning restore RS0030

    /// <summary>Returns the address of a path, or null if no socket can have the path.</summary>
    public static UnixDomainSocketEndPoint? AddressOf(string path) => Encoding.UTF8.GetByteCount(path) <= UnixPath.Longest ? new UnixDomainSocketEndPoint(path) : null;

    /// <summary>Gets the address of the socket for clients.</summary>
    public UnixDomainSocketEndPoint? Address => AddressOf(_path);

    /// <summary>Removes the file, unless another file has replaced it.</summary>
    public void Remove()
    {
        // The walk begins again, because an open directory would be a way out of a jail.
        using var walk = PathWalk.Along(_path, followsLast: false, refusesForeignLinks: GuardedFile.IsRoot);
        if (walk.Error != 0)
            return;
        using var @lock = DirectoryLock.TryTake(walk.Directory);
        if (FileStatusOf.At(walk.Directory, walk.Name) is { } status && status.IsSameFileAs(_status))
            _ = LibcFiles.UnlinkAt(walk.Directory, walk.Name, 0);
    }

    /// <summary>Returns the file of a socket that another process has bound, or null for a socket without a file.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="name">The name of the socket, which ends in the path. The kernel's may be one of <see cref="UnixPath.CallPath"/>.</param>
    public static UnixSocketFile? Inherit(Socket socket, string name)
    {
        if (socket.LocalEndPoint?.ToString() is not { Length: > 0 } path || path[0] != '/')
            return null;
        if (name.Split(':', 3) is ["unix" or "unixgram", _, ['/', ..] named])
            path = named;
        var status = FileStatusOf.Path(path) ?? default;
        return new UnixSocketFile(path, status);
    }

    /// <summary>Sets the owner and mode of the file through a descriptor, because anyone with write access to the directory could replace the file meanwhile.</summary>
    private static FileStatus HandOver(UnixFileMode mode, UnixPath place, Application? application)
    {
        using SafeFileHandle file = new(LibcFiles.OpenAt(place.Directory, place.Name, OpenFlags.PathOnly | OpenFlag.NoFollow | OpenFlags.CloseOnExec, 0), ownsHandle: true);
        place.Check(file.IsInvalid ? -1 : 0, "look at the file");
        var descriptor = (int)file.DangerousGetHandle();
        if (FileStatusOf.Open(file) is not { } status)
            throw place.Failed("look at the file");
        if (!status.IsSocket || status.Links != 1)
            throw place.Refused("something else took the place of its file", "Choose a directory that others cannot write to");
        if ((application?.Uid ?? application?.Gid) is not null)
            place.Check(LibcSocketFiles.FChownAt(descriptor, "", (uint)(application!.Uid ?? Unchanged), (uint)(application.Gid ?? Unchanged), LibcSocketFiles.EmptyPath), "change the owner of the file");
        place.Check(LibcSocketFiles.FChmodAt(LibcSocketFiles.WorkingDirectory, $"/proc/self/fd/{descriptor}", (uint)mode, 0), "change the mode of the file");
        return status;
    }

    private static unsafe int Bind(SafeHandle socket, string path)
    {
        Span<byte> address = stackalloc byte[PathOffset + UnixPath.Longest + 1];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)UnixDomain);
        var length = PathOffset + Encoding.UTF8.GetBytes(path, address[PathOffset..]) + 1;
        fixed (byte* start = address)
            return LibcSockets.Bind(socket, start, (uint)length);
    }
}
