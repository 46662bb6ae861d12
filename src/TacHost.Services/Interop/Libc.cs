using System.Runtime.InteropServices;

namespace TacHost.Services.Interop;

/// <summary>The calls of the C library that .NET has no equal for. A result of -1 leaves the reason in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static unsafe partial class Libc
{
    /// <summary>FD_CLOEXEC of fcntl(2).</summary>
    public const int CloseOnExec = 1;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int ControlDescriptor(int descriptor, DescriptorCommand command, int argument);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeout);
}

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public const short Readable = 1;

    public int Descriptor;
    public short Events;
    public short Occurred;
}

/// <summary>fcntl(2) on a descriptor.</summary>
internal enum DescriptorCommand
{
    SetFlags = 2,
    DuplicateCloseOnExec = 1030,
}
