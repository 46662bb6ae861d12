using System.Runtime.InteropServices;

namespace TacHost.Bench.Interop;

/// <summary>Every call of the C library: the load must cost less than what it loads, which .NET's sockets do not.</summary>
internal static unsafe partial class Libc
{
    public const int Internet = 2;
    public const int Stream = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int Add = 1;
    public const uint PeerHasShut = 0x2000; // EPOLLRDHUP
    public const int InProgress = 115;
    public const int Killed = 9;
    public const int Terminated = 15;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "clock_getcpuclockid")]
    public static partial int ClockOf(int process, out int clock);

    [LibraryImport(Library, EntryPoint = "clock_gettime")]
    public static partial int GetTime(int clock, long* time);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, SocketAddress* address, int length);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreatePoll(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlPoll(int poll, int operation, int descriptor, byte* pollEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitForPoll(int poll, byte* events, int count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nint size, ulong* mask);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport(Library, EntryPoint = "usleep")]
    public static partial int SleepMicroseconds(uint microseconds);

    /// <summary>struct sockaddr_in.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SocketAddress
    {
        public ushort Family;
        public ushort PortInNetworkOrder;
        public uint AddressInNetworkOrder;
        public ulong Zero;

        public static SocketAddress Loopback(int port) => new()
        {
            Family = Internet,
            PortInNetworkOrder = (ushort)(((port & 0xFF) << 8) | (port >> 8)),
            AddressInNetworkOrder = BitConverter.IsLittleEndian ? 0x0100007Fu : 0x7F000001u,
        };
    }

    /// <summary>Reads and writes struct epoll_event, which is packed on x64 and nowhere else.</summary>
    public static class PollEvent
    {
        public static int Size { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

        private static int DataOffset => Size - sizeof(ulong);

        public static void Write(byte* pollEvent, uint kinds, int descriptor)
        {
            *(uint*)pollEvent = kinds;
            *(ulong*)(pollEvent + DataOffset) = (uint)descriptor;
        }

        public static int Descriptor(byte* events, int index) => (int)*(ulong*)(events + (index * Size) + DataOffset);
    }
}
