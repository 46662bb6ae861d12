using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>An open file that every write goes to the end of, wherever others have put that end meanwhile.</summary>
/// <remarks>.NET's own append mode looks up the end once and then counts, which leaves a hole when the file is truncated.</remarks>
internal sealed class AppendedFile(SafeFileHandle handle) : IDisposable
{
    /// <summary>What the file is by now.</summary>
    public FileStatus Status => FileStatusOf.Open(handle) ?? default;

    /// <summary>Appends bytes, or the part that goes in, as on a full disk.</summary>
    /// <returns>How many went in, and the error that kept the rest out, or 0.</returns>
    public unsafe (int Written, int Error) Append(ReadOnlySpan<byte> bytes)
    {
        var written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length)
            {
                var count = (int)Libc.Write(handle, start + written, bytes.Length - written);
                if (count >= 0)
                    written += count;
                else if (Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted)
                    return (written, error);
            }
        }

        return (written, 0);
    }

    /// <summary>Takes back what was appended after a length, if nobody has appended more since.</summary>
    public void TakeBack(int count, long length)
    {
        if (count > 0 && Status is { IsRegularFile: true } status && status.Size == length + count)
            _ = Libc.Truncate(handle, length);
    }

    public bool ChangeMode(uint mode) => Libc.ChangeMode(handle, mode) == 0;

    public bool ChangeOwner(uint user, uint group) => Libc.ChangeOwner(handle, user, group) == 0;

    /// <summary>Makes the standard streams of this process end up in the file.</summary>
    public void BecomeStandardStreams() => StandardStreams.Redirect(handle);

    public void Dispose() => handle.Dispose();
}
