using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>The path of a new socket file. Checks an existing file, and reports why the path cannot be used.</summary>
internal sealed class UnixPath(string path, string servicePath)
{
    /// <summary>Removes a stale socket file, on which no process listens.</summary>
    /// <exception cref="CannotListenException">A process listens on the socket, or the file is not a socket.</exception>
    public void RemoveStale(SocketType type)
    {
        if (FileStatusOf.Path(path) is not { } status)
            return;
        if (!status.IsSocket)
        {
            var kind = status.IsDirectory ? "a directory" : status.IsSymbolicLink ? "a symbolic link" : "a file that is not a socket";
            throw Refused($"{kind} is in the way", "Choose another path, or move it away");
        }

        if (Holder(type) is { } holder)
            throw Refused($"{holder} already does", "Choose another path in the tac file, or stop that one first");
        Check(LibcSocketFiles.Unlink(path), "remove the socket file that an earlier process left behind");
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

    /// <summary>Returns a description of the process that listens on the file, or null. Connects to the socket to find the process.</summary>
    private string? Holder(SocketType type)
    {
        using Socket probe = new(AddressFamily.Unix, type, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(Address()!);
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
