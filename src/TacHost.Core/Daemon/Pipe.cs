using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>Creates pipes between tachost processes.</summary>
internal static class Pipe
{
    /// <summary>Makes a pipe that other programs do not inherit.</summary>
    /// <exception cref="TacHostException">There are no more descriptors.</exception>
    public static (SafeFileHandle Read, SafeFileHandle Write) Create(string purpose)
    {
        Span<int> ends = stackalloc int[2];
        unsafe
        {
            fixed (int* first = ends)
            {
                if (LibcDescriptors.Pipe2(first, OpenFlags.CloseOnExec) != 0)
                    throw new TacHostException(ExitCode.OperatingSystem, $"cannot make a pipe for {purpose}: {Errno.LastText}.");
            }
        }

        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }
}
