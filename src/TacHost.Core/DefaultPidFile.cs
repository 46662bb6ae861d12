using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost;

/// <summary>The pid file of a process in the foreground for which none was named.</summary>
internal static class DefaultPidFile
{
    /// <summary>Returns whether there is one: not for process 1 of a container, which is the only instance there, and not on a read-only file system.</summary>
    public static bool IsWritten() =>
        Environment.ProcessId != 1 && (LibcFiles.Access(".", LibcFiles.MayWrite) == 0 || Marshal.GetLastPInvokeError() != Errno.ReadOnlyFileSystem);
}
