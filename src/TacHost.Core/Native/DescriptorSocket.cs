using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>One end of a socket pair that transfers complete messages, each with an optional file descriptor (unix(7), SCM_RIGHTS).</summary>
internal sealed unsafe class DescriptorSocket(SafeFileHandle handle) : IDisposable
{
    private const int UnixFamily = 1;
    private const int Packets = 5 | CloseOnExec;
    private const int Stream = 1 | CloseOnExec;
    private const int CloseOnExec = 0x80000;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int NoSignal = 0x4000;
    private const int DoNotWait = 0x40;
    private const int ReceiveCloseOnExec = 0x40000000;

    public SafeFileHandle Handle { get; } = handle;

    /// <summary>Creates a socket pair for messages.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public static (DescriptorSocket Own, DescriptorSocket Other) CreatePair()
    {
        var (own, other) = Create(Packets);
        return (new DescriptorSocket(new SafeFileHandle(own, ownsHandle: true)), new DescriptorSocket(new SafeFileHandle(other, ownsHandle: true)));
    }

    /// <summary>Creates a pair of stream sockets that no other process can reach.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public static (int Own, int Other) CreateStreams() => Create(Stream);

    /// <summary>Sends a message.</summary>
    /// <returns>True if the other end is still open.</returns>
    public bool Send(ReadOnlySpan<byte> message, SafeFileHandle? attached = null) => Send(message, attached, NoSignal) >= 0;

    /// <summary>Sends as much of a message as possible without blocking.</summary>
    /// <returns>The number of bytes, or -1 after an error, which <see cref="Marshal.GetLastPInvokeError"/> returns.</returns>
    public int TrySend(ReadOnlySpan<byte> message, SafeFileHandle? attached) => Send(message, attached, NoSignal | DoNotWait);

    /// <summary>Waits for a message.</summary>
    /// <returns>The length of the message, or 0 at the end.</returns>
    public int Receive(Span<byte> message, out SafeFileHandle? attached)
    {
        attached = null;
        fixed (byte* bytes = message)
        {
            IoVector vector = new() { Start = bytes, Length = (nuint)message.Length };
            ControlMessage control = default;

            // The size excludes the padding, so that only one descriptor fits. A second one would stay open unnoticed.
            MessageHeader header = new() { Vectors = &vector, VectorCount = 1, Control = &control, ControlSize = (nuint)(sizeof(ControlMessage) - sizeof(int)) };
            nint count;
            do
            {
                count = LibcLocalSockets.RecvMsg(Handle, &header, ReceiveCloseOnExec);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
            if (count > 0 && header.ControlSize > 0 && control is { Level: SocketLevel, Kind: Rights })
                attached = new SafeFileHandle(control.Descriptor, ownsHandle: true);
            return (int)Math.Max(count, 0);
        }
    }

    public void Dispose() => Handle.Dispose();

    private int Send(ReadOnlySpan<byte> message, SafeFileHandle? attached, int flags)
    {
        fixed (byte* bytes = message)
        {
            IoVector vector = new() { Start = bytes, Length = (nuint)message.Length };
            ControlMessage control = new() { Size = (nuint)(sizeof(ControlMessage) - sizeof(int)), Level = SocketLevel, Kind = Rights };
            MessageHeader header = new() { Vectors = &vector, VectorCount = 1 };
            if (attached is not null)
            {
                control.Descriptor = (int)attached.DangerousGetHandle();
                header.Control = &control;
                header.ControlSize = (nuint)sizeof(ControlMessage);
            }

            return (int)LibcLocalSockets.SendMsg(Handle, &header, flags);
        }
    }

    private static (int, int) Create(int kind)
    {
        Span<int> ends = stackalloc int[2];
        fixed (int* first = ends)
        {
            if (LibcLocalSockets.SocketPair(UnixFamily, kind, 0, first) != 0)
                throw new TacHostException(ExitCode.OperatingSystem, $"cannot make a pair of sockets: {Errno.LastText}.");
        }

        return (ends[0], ends[1]);
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameSize;
        public void* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlSize;
        public int Flags;
    }

    /// <summary>struct cmsghdr with one descriptor and the padding after it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ControlMessage
    {
        public nuint Size;
        public int Level;
        public int Kind;
        public int Descriptor;
        public int Padding;
    }
}
