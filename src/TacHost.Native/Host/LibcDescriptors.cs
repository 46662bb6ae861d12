using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The functions that create and duplicate descriptors, and ask a terminal.</summary>
internal static unsafe partial class LibcDescriptors
{
    [LibraryImport(Libc.Library, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MemfdCreate(string name, uint flags);

    [LibraryImport(Libc.Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(int* ends, OpenFlags flags);

    [LibraryImport(Libc.Library, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Dup2(SafeFileHandle file, int descriptor);

    [LibraryImport(Libc.Library, EntryPoint = "dup3", SetLastError = true)]
    public static partial int Dup3(SafeFileHandle file, int descriptor, OpenFlags flags);

    [LibraryImport(Libc.Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Mmap(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport(Libc.Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int descriptor, nuint request, out WindowSize size);

    [LibraryImport(Libc.Library, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetTerminalSettings(int descriptor, out TerminalSettings settings);

    [LibraryImport(Libc.Library, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetTerminalSettings(int descriptor, int when, in TerminalSettings settings);
}
