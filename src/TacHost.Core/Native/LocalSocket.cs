using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>A stream socket with an abstract name, which is not a file, is reachable after chroot(2), and ends with its process (unix(7)).</summary>
/// <remarks>Replaces <c>Socket</c>, which every start would have to load, and which makes a socket non-blocking permanently.</remarks>
internal sealed unsafe class LocalSocket(SafeFileHandle handle) : IDisposable
{
    private const ushort Family = 1;
    private const int Stream = 1;
    private const int CloseOnExec = 0x80000;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int SendTimeout = 21;
    private const int LongestName = 107;
    private const int Both = 2;

    private readonly DescriptorSocket _messages = new(handle);

    /// <summary>
    /// Gets the process, user and group of the peer. For an accepted connection, they are from
    /// the time of its connect(2); for a client, from the time of the server's listen(2).
    /// </summary>
    public (int Process, uint User, uint Group) Peer { get; } = PeerOf(handle);

    /// <summary>Gets whether the peer has closed the connection. A half-closed connection does not count.</summary>
    public bool HasHungUp => (Polling.WaitFor(handle, 0, TimeSpan.Zero) & (PollDescriptor.PollHup | PollDescriptor.PollErr)) != 0;

    /// <summary>Listens on an abstract name.</summary>
    /// <param name="name">The name, without the leading NUL.</param>
    /// <param name="backlog">The maximum number of connections that wait to be accepted.</param>
    /// <returns>The socket, or null after an error, which <see cref="Errno.LastText"/> describes.</returns>
    public static LocalSocket? Listen(string name, int backlog)
    {
        if (Create() is not { } handle)
            return null;
        var address = stackalloc byte[LongestName + 3];
        var length = AddressOf(name, address);
        if (LibcSockets.Bind(handle, address, length) == 0 && LibcSockets.Listen(handle, backlog) == 0)
            return new LocalSocket(handle);
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        Marshal.SetLastPInvokeError(error);
        return null;
    }

    /// <summary>Connects to an abstract name.</summary>
    /// <returns>The connection, or null if the connection was refused or timed out.</returns>
    public static LocalSocket? Connect(string name, TimeSpan timeout)
    {
        if (Create() is not { } handle)
            return null;
        LimitConnecting(handle, timeout);
        var address = stackalloc byte[LongestName + 3];
        var length = AddressOf(name, address);
        if (LibcLocalSockets.Connect(handle, address, length) == 0)
            return new LocalSocket(handle);
        handle.Dispose();
        return null;
    }

    /// <summary>Waits for a connection.</summary>
    /// <returns>The connection, or null after an error, which <see cref="Marshal.GetLastPInvokeError"/> returns.</returns>
    public LocalSocket? Accept()
    {
        var accepted = LibcSockets.Accept4(handle, null, null, CloseOnExec);
        return accepted < 0 ? null : new LocalSocket(new SafeFileHandle(accepted, ownsHandle: true));
    }

    /// <summary>Waits for data or the end of the connection.</summary>
    /// <returns>True if data or the end arrived before the timeout.</returns>
    public bool WaitForInput(TimeSpan timeout) => Polling.WaitFor(handle, PollDescriptor.PollIn, timeout) != 0;

    /// <summary>Receives available data, or waits for data.</summary>
    /// <returns>The number of bytes, or 0 at the end of the connection.</returns>
    public int Receive(Span<byte> buffer, out SafeFileHandle? attached) => _messages.Receive(buffer, out attached);

    /// <summary>Sends all data, and a file descriptor with its first part. The timeout applies to the whole operation, even if the peer reads slowly.</summary>
    /// <returns>True if all data was sent.</returns>
    public bool Send(ReadOnlySpan<byte> data, TimeSpan timeout, SafeFileHandle? attached = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var sent = _messages.TrySend(data, attached);
            if (sent < 0 && Marshal.GetLastPInvokeError() is not (Errno.Interrupted or Errno.TryAgain))
                return false;
            if (sent == data.Length)
                return true;
            if (sent > 0)
            {
                data = data[sent..];
                attached = null;
            }

            var left = timeout - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || Polling.WaitFor(handle, PollDescriptor.PollOut, left) == 0)
                return false;
        }
    }

    /// <summary>Shuts down both directions, and wakes threads that wait in <see cref="Accept"/> or <see cref="Receive"/>.</summary>
    public void ShutDown()
    {
        try
        {
            _ = LibcSockets.Shutdown(handle, Both);
        }
        catch (ObjectDisposedException)
        {
            // The socket is already closed.
        }
    }

    public void Dispose() => handle.Dispose();

    private static SafeFileHandle? Create() =>
        LibcSockets.Socket(Family, Stream | CloseOnExec, 0) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    private static uint AddressOf(string name, byte* address)
    {
        // The address consists of the family, a NUL, and the name without a terminator.
        var bytes = Encoding.ASCII.GetBytes(name);
        if (bytes.Length > LongestName)
            throw new ArgumentException($"The name of a socket has at most {LongestName} bytes.", nameof(name));
        *(ushort*)address = Family;
        address[2] = 0;
        bytes.CopyTo(new Span<byte>(address + 3, LongestName));
        return (uint)(3 + bytes.Length);
    }

    /// <summary>Sets the timeout of connect(2), which blocks while the backlog is full. The send timeout applies to it.</summary>
    private static void LimitConnecting(SafeFileHandle handle, TimeSpan timeout)
    {
        var time = stackalloc long[] { timeout.Ticks / TimeSpan.TicksPerSecond, timeout.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond };
        _ = LibcSockets.SetSockOpt(handle, SocketLevel, SendTimeout, time, 2 * sizeof(long));
    }

    /// <summary>Returns the process, user and group of the peer of a UNIX socket, or invalid numbers after an error. A listening socket is its own peer.</summary>
    public static (int Process, uint User, uint Group) PeerOf(SafeHandle handle)
    {
        var credentials = stackalloc uint[3];
        uint length = 3 * sizeof(uint);
        return LibcSockets.GetSockOpt(handle, SocketLevel, PeerCredentials, credentials, &length) == 0 ? ((int)credentials[0], credentials[1], credentials[2]) : (0, uint.MaxValue, uint.MaxValue);
    }
}
