using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>Writes to a descriptor. If another process has made it non-blocking, a write waits for the reader as usual, rather than fail in the middle of a line.</summary>
internal sealed unsafe class WaitingStream(SafeFileHandle handle) : WriteOnlyStream
{
    /// <inheritdoc/>
    /// <exception cref="IOException">The operating system refused.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint count;
            fixed (byte* start = buffer)
                count = LibcFiles.Write(handle, start, buffer.Length);
            if (count >= 0)
                buffer = buffer[(int)count..];
            else if (Marshal.GetLastPInvokeError() == Errno.TryAgain)
                _ = Polling.WaitFor(handle, PollDescriptor.PollOut, Timeout.InfiniteTimeSpan);
            else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                throw new IOException($"{Errno.LastText}.");
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }
}
