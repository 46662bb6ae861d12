using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>
/// The functions of the C library that .NET does not provide, and that several parts need. After a result of -1, <see cref="Marshal.GetLastPInvokeError"/> returns the error.
/// </summary>
internal static unsafe partial class Libc
{
    /// <summary>The name under which the library is loaded already. For "libc", .NET would try twelve files first.</summary>
    public const string Library = "libc.so.6";

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, OpenFlags flags, uint mode = 0);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int descriptor, DescriptorCommand command, int argument);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);
}
