using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>The path of a new socket file, and its open directory. Checks an existing file, and reports why the path cannot be used.</summary>
/// <remarks>All calls go through the descriptor of the directory. As root, a symbolic link that another user could have made is not followed.</remarks>
internal sealed class UnixPath(string path, string servicePath) : IDisposable
{
    /// <summary>The length of sun_path of unix(7), without the terminating NUL.</summary>
    public const int Longest = 107;

    private PathWalk? _walk;

    /// <summary>Gets the directory of the file.</summary>
    /// <exception cref="InvalidOperationException">The directory is not open.</exception>
    public SafeFileHandle Directory => _walk?.Directory ?? throw new InvalidOperationException("The directory is not open.");

    /// <summary>Gets the name of the file in the directory.</summary>
    public string Name => _walk?.Name ?? "";

    /// <summary>
    /// Gets the path for bind(2) and connect(2), which take no descriptor. It is the path that the kernel reports
    /// later, except for root in a directory whose place another user can change.
    /// </summary>
    public string CallPath => GuardedFile.IsRoot && _walk is { Distrust: not null } ? $"/proc/self/fd/{(int)Directory.DangerousGetHandle()}/{Name}" : path;

    /// <summary>Opens the directory.</summary>
    /// <exception cref="CannotListenException">The directory cannot be opened, or the path is too long.</exception>
    public void Open()
    {
        _walk = PathWalk.Along(path, followsLast: false, refusesForeignLinks: GuardedFile.IsRoot);
        if (_walk.Error is Errno.NoSuchFile or Errno.NotADirectory)
            throw Refused($"there is no directory '{Path.GetDirectoryName(path)}'", "Make it, or correct the path");
        if (_walk is { Error: Errno.TooManyLinks, Distrust: { } reason } && GuardedFile.IsRoot)
            throw Refused($"root does not follow a symbolic link in the path, because {reason}", "Choose a directory that others cannot write to, or one without links in its path");
        if (_walk.Error != 0)
            throw Refused($"its directory cannot be opened: {Marshal.GetPInvokeErrorMessage(_walk.Error)}", "Correct that, or choose another path");
        if (Encoding.UTF8.GetByteCount(CallPath) is > Longest and var length)
            throw Refused($"its path has {length} bytes, and the system allows {Longest}", "Choose a shorter one");
    }

    /// <summary>Removes a stale socket file, on which no process listens.</summary>
    /// <exception cref="CannotListenException">A process listens on the socket, or the file is not a socket.</exception>
    public void RemoveStale(SocketType type)
    {
        if (FileStatusOf.At(Directory, Name) is not { } status)
            return;
        if (!status.IsSocket)
        {
            var kind = status.IsDirectory ? "a directory" : status.IsSymbolicLink ? "a symbolic link" : "a file that is not a socket";
            throw Refused($"{kind} is in the way", "Choose another path, or move it away");
        }

        if (Holder(type) is { } holder)
            throw Refused($"{holder} already does", "Choose another path in the tac file, or stop that one first");
        Check(LibcFiles.UnlinkAt(Directory, Name, 0), "remove the socket file that an earlier process left behind");
    }

    /// <exception cref="CannotListenException">The call of the C library failed.</exception>
    public void Check(int result, string attempt)
    {
        if (result != 0)
            throw Failed(attempt);
    }

    /// <summary>Returns the exception for the error of the last call.</summary>
    public CannotListenException Failed(string attempt) =>
        Refused($"it cannot {attempt}: {Marshal.GetLastPInvokeErrorMessage()}", "Correct that, or choose another path", new Win32Exception(Marshal.GetLastPInvokeError()));

    public CannotListenException Refused(string reason, string advice, Exception? cause = null) =>
        new(Address(), $"The service '{servicePath}' cannot listen on '{path}', because {reason}.\n  {advice}.", cause);

    private UnixDomainSocketEndPoint? Address()
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            // The path is too long.
            return null;
        }
    }

    public void Dispose() => _walk?.Dispose();

    /// <summary>Returns a description of the process that listens on the file, or null. Connects to the socket to find the process.</summary>
    private string? Holder(SocketType type)
    {
        using Socket probe = new(AddressFamily.Unix, type, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(CallPath));
            return type == SocketType.Stream ? ProcessDescription.Of(UnixPeerEndPoint.Of(probe.SafeHandle).ProcessId) : "another process";
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw Refused("the socket file exists, but this user may not connect to it to find out if a process listens", "Choose another path, or run as the user it belongs to", e);
        }
        catch (SocketException)
        {
            // The backlog is full, or it is a datagram socket. In either case, a process is listening.
            return "another process";
        }
    }
}
