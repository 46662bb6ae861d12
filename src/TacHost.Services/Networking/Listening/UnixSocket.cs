using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listening UNIX socket and the file that leads to it.</summary>
/// <remarks>
/// The file is ours as long as it is the same file: it is removed when the listener is closed, while the socket still holds it, so that its inode
/// cannot be another's. The socket is bound by bind(2) itself, since .NET would remove whatever is at the path when it disposes of one that it bound.
/// </remarks>
internal sealed class UnixSocket : ListeningSocket
{
    /// <summary>sun_path of unix(7), without the NUL at its end.</summary>
    private const int LongestPath = 107;
    private const int PathOffset = 2;
    private const int UnixDomain = 1;
    private const int StreamCloseOnExec = 1 | 0x80000;
    private const int Unchanged = -1;

    private readonly string _path;
    private readonly FileStatus _file;

    private UnixSocket(Socket socket, string path, FileStatus file)
        : base(socket) => (_path, _file) = (path, file);

    /// <summary>Makes the file, gives it its owner and its mode, and only then listens: nobody can connect before that.</summary>
    /// <exception cref="CannotListenException">The path cannot be had.</exception>
    public static async Task<UnixSocket> ListenAsync(string path, UnixFileMode mode, int backlog, ListenerSettings settings, CancellationToken cancellationToken)
    {
        // The working directory may be another one when the file is to be removed.
        path = Path.GetFullPath(path);
        UnixPath place = new(path, settings.ServicePath);
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
            throw place.Refused($"its path has {Encoding.UTF8.GetByteCount(path)} bytes, and the system allows {LongestPath}", "Choose a shorter one");
        var directory = Path.GetDirectoryName(path);
        if (!Directory.Exists(directory))
            throw place.Refused($"there is no directory '{directory}'", "Make it, or correct the path");

        using var @lock = await DirectoryLock.TakeAsync(directory, cancellationToken);
        place.RemoveStale();
        SafeSocketHandle handle = new(Libc.CreateSocket(UnixDomain, StreamCloseOnExec, 0), ownsHandle: true);
        var made = false;
        try
        {
            place.Check(handle.IsInvalid ? -1 : 0, "make a socket");
            place.Check(Bind(handle, path), "make the file");
            made = true;
            var application = settings.Application;
            if ((application?.Uid ?? application?.Gid) is not null)
                place.Check(Libc.ChangeOwner(path, (uint)(application!.Uid ?? Unchanged), (uint)(application.Gid ?? Unchanged)), "change the owner of the file");
            place.Check(Libc.ChangeMode(Libc.WorkingDirectory, path, (uint)mode, Libc.NoFollow), "change the mode of the file");
            place.Check(Libc.GetStatus(Libc.WorkingDirectory, path, Libc.NoFollow, FileStatus.BasicStatus, out var status), "look at the file");
            Socket socket = new(handle);
            socket.Listen(backlog);
            return new UnixSocket(socket, path, status);
        }
        catch (Exception e) when (e is CannotListenException or SocketException)
        {
            if (made)
                _ = Libc.Unlink(path);
            handle.Dispose();
            if (e is CannotListenException)
                throw;
            throw place.Refused($"of this: {e.Message}", "Correct that, or choose another path", e);
        }
    }

    /// <inheritdoc/>
    public override void Withdraw()
    {
        using var @lock = DirectoryLock.TryTake(Path.GetDirectoryName(_path)!);
        if (Libc.GetStatus(Libc.WorkingDirectory, _path, Libc.NoFollow, FileStatus.BasicStatus, out var status) == 0 && status.IsSameFileAs(_file))
            _ = Libc.Unlink(_path);
    }

    private static unsafe int Bind(SafeHandle socket, string path)
    {
        Span<byte> address = stackalloc byte[PathOffset + LongestPath + 1];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)UnixDomain);
        var length = PathOffset + Encoding.UTF8.GetBytes(path, address[PathOffset..]) + 1;
        fixed (byte* start = address)
            return Libc.Bind(socket, start, (uint)length);
    }
}
