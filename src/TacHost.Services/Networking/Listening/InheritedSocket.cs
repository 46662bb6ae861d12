using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Services.Interop;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listening socket that somebody else made and may share, such as systemd or the process before this one.</summary>
/// <remarks>
/// It is worked on through a duplicate, so that the descriptor is still there for another start, and nothing may disturb those who share it. .NET ends a
/// blocking accept by disconnecting the socket, which would end their listening too; and an asynchronous one leaves the duplicate in its epoll(7) set,
/// where it stays after the close, because the socket lives on. So this kind waits in poll(2), and leaves its backlog to the others.
/// </remarks>
internal sealed class InheritedSocket : ListeningSocket
{
    /// <summary>Its writing end is closed to wake the accepting thread, whose poll(2) then sees the reading end hang up.</summary>
    private readonly AnonymousPipeServerStream _closing = new(PipeDirection.Out, HandleInheritability.None);
    private readonly SafePipeHandle _closed;
    private readonly Lock _accepting = new();
    private readonly SafeHandle _handle;
    private readonly int _descriptor;

    private InheritedSocket(Socket socket)
        : base(socket)
    {
        _closed = _closing.ClientSafePipeHandle;
        _handle = socket.SafeHandle;
        _descriptor = (int)_handle.DangerousGetHandle();
        socket.Blocking = false;
    }

    /// <summary>Takes on a descriptor of this process.</summary>
    /// <param name="descriptor">Its number. It stays open, and is closed on exec(2) from now on.</param>
    /// <param name="description">What the user calls it, for messages.</param>
    /// <param name="servicePath">The service that is to listen, for messages.</param>
    /// <exception cref="CannotListenException">It is not a listening stream socket.</exception>
    public static InheritedSocket Take(int descriptor, string description, string servicePath)
    {
        var duplicate = Libc.Fcntl(descriptor, DescriptorCommand.DuplicateCloseOnExec, 0);
        if (duplicate < 0)
            throw Refused("it is not open", "Start the process with a listening socket there, as systemd does, or choose another endpoint.", null);
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, Libc.CloseOnExec);

        SafeSocketHandle handle = new(duplicate, ownsHandle: true);
        Exception? cause = null;
        try
        {
            Socket socket = new(handle);
            if (socket.SocketType == SocketType.Stream && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0)
                return new InheritedSocket(socket);
        }
        catch (SocketException e)
        {
            cause = e;
        }

        handle.Dispose();
        throw Refused("it is not a stream socket that listens", "Hand over one on which listen(2) has been called.", cause);

        CannotListenException Refused(string reason, string advice, Exception? inner) =>
            new(null, $"The service '{servicePath}' cannot listen on {description}, because of file descriptor {descriptor}: {reason}.\n  {advice}", inner);
    }

    /// <inheritdoc/>
    public override StreamSocket Accept(bool managed)
    {
        while (true)
        {
            WaitUntilReadable();
            try
            {
                lock (_accepting)
                    return StreamSocket.Accept(_handle, managed);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // Somebody who shares the socket was faster.
            }
        }
    }

    /// <inheritdoc/>
    public override bool HasBacklog() => false;

    /// <inheritdoc/>
    public override void Close()
    {
        _closing.Dispose();
        _closed.Dispose();
        lock (_accepting)
            Dispose();
    }

    /// <remarks>Holds no reference to the socket: one that is in use when it is disposed would be disconnected.</remarks>
    private unsafe void WaitUntilReadable()
    {
        var held = false;
        try
        {
            _closed.DangerousAddRef(ref held);
            var waits = stackalloc PollDescriptor[2];
            waits[0] = new PollDescriptor { Descriptor = _descriptor, Events = PollDescriptor.Readable };
            waits[1] = new PollDescriptor { Descriptor = (int)_closed.DangerousGetHandle() };
            Libc.Poll(waits, 2, -1);
            ObjectDisposedException.ThrowIf(waits[1].Occurred != 0, this);
        }
        finally
        {
            if (held)
                _closed.DangerousRelease();
        }
    }
}
