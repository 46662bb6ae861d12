using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Listening;

/// <summary>The file that leads to a bound UNIX socket.</summary>
/// <remarks>
/// It is ours as long as it is the same file. It is to be removed before the socket is closed, which holds its inode, so that the number cannot be
/// another's. The socket is bound by bind(2) itself, since .NET would remove whatever is at the path when it disposes of one that it bound.
/// </remarks>
internal sealed class UnixSocketFile
{
    /// <summary>sun_path of unix(7), without the NUL at its end.</summary>
    private const int LongestPath = 107;
    private const int PathOffset = 2;
    private const int UnixDomain = 1;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const int Unchanged = -1;

    /// <summary>O_NOFOLLOW, which differs between architectures.</summary>
    private static readonly int _doNotFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    private readonly string _path;
    private readonly FileStatus _status;

    private UnixSocketFile(string path, FileStatus status) => (_path, _status) = (path, status);

    /// <summary>Makes a socket and its file, replacing one that nobody uses any more, and gives the file its owner and its mode.</summary>
    /// <param name="path">The path; a relative one starts at the application's base directory.</param>
    /// <param name="mode">The permissions.</param>
    /// <param name="type">Of the socket.</param>
    /// <param name="open">What is done once the file is as it should be, before another process may look at it.</param>
    /// <param name="servicePath">The service that is to have it, for messages.</param>
    /// <param name="application">The application, for the owner; null for none.</param>
    /// <param name="cancellationToken">Ends the wait for others that are at the same directory.</param>
    /// <exception cref="CannotListenException">The path cannot be had.</exception>
    public static async Task<(Socket Socket, UnixSocketFile File)> MakeAsync(
        string path, UnixFileMode mode, SocketType type, Action<Socket> open, string servicePath, Application? application, CancellationToken cancellationToken)
    {
        path = Resolve(path, application);
        UnixPath place = new(path, servicePath);
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
            throw place.Refused($"its path has {Encoding.UTF8.GetByteCount(path)} bytes, and the system allows {LongestPath}", "Choose a shorter one");
        var directory = Path.GetDirectoryName(path);
        if (!Directory.Exists(directory))
            throw place.Refused($"there is no directory '{directory}'", "Make it, or correct the path");

        using var @lock = await DirectoryLock.TakeAsync(directory, cancellationToken);
        place.RemoveStale(type);
        SafeSocketHandle handle = new(Libc.CreateSocket(UnixDomain, (type == SocketType.Stream ? 1 : 2) | CloseOnExec, 0), ownsHandle: true);
        var made = false;
        try
        {
            place.Check(handle.IsInvalid ? -1 : 0, "make a socket");
            place.Check(Bind(handle, path), "make the file");
            made = true;
            var status = HandOver(path, mode, place, application);
            Socket socket = new(handle);
            open(socket);
            return (socket, new UnixSocketFile(path, status));
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

    /// <summary>Returns the absolute path of a socket file, because the working directory may be another one when the file is removed.</summary>
#pragma warning disable RS0030 // without an application, there is no other directory
    public static string Resolve(string path, Application? application) => application?.ResolvePath(path) ?? Path.GetFullPath(path);
#pragma warning restore RS0030

    /// <summary>Removes the file, unless another has taken its place.</summary>
    public void Remove()
    {
        using var @lock = DirectoryLock.TryTake(Path.GetDirectoryName(_path)!);
        if (Libc.GetStatus(Libc.WorkingDirectory, _path, Libc.NoFollow, FileStatus.BasicStatus, out var status) == 0 && status.IsSameFileAs(_status))
            _ = Libc.Unlink(_path);
    }

    /// <summary>Gives the file its owner and mode, by a descriptor: whoever may write to the directory could put something else at the path meanwhile.</summary>
    private static FileStatus HandOver(string path, UnixFileMode mode, UnixPath place, Application? application)
    {
        using SafeFileHandle file = new(Libc.Open(path, PathOnly | _doNotFollow | CloseOnExec), ownsHandle: true);
        place.Check(file.IsInvalid ? -1 : 0, "look at the file");
        var descriptor = (int)file.DangerousGetHandle();
        place.Check(Libc.GetStatus(descriptor, "", Libc.EmptyPath, FileStatus.BasicStatus, out var status), "look at the file");
        if (!status.IsSocket || status.Links != 1)
            throw place.Refused("something else took the place of its file", "Choose a directory that others cannot write to");
        if ((application?.Uid ?? application?.Gid) is not null)
            place.Check(Libc.ChangeOwner(descriptor, "", (uint)(application!.Uid ?? Unchanged), (uint)(application.Gid ?? Unchanged), Libc.EmptyPath), "change the owner of the file");
        place.Check(Libc.ChangeMode(Libc.WorkingDirectory, $"/proc/self/fd/{descriptor}", (uint)mode, 0), "change the mode of the file");
        return status;
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
