using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>An open file whose every write goes to its current end, even if other processes have moved the end.</summary>
/// <remarks><c>FileMode.Append</c> determines the end once and then counts, which leaves a hole after the file is truncated.</remarks>
internal sealed class AppendedFile(SafeFileHandle handle) : IDisposable
{
    public FileStatus Status => FileStatusOf.Open(handle) ?? default;

    /// <summary>Appends bytes. Only a part may be written, for example on a full disk.</summary>
    /// <returns>The number of written bytes, and the error that prevented the rest, or 0.</returns>
    public unsafe (int Written, int Error) Append(ReadOnlySpan<byte> bytes)
    {
        var written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length)
            {
                var count = (int)LibcFiles.Write(handle, start + written, bytes.Length - written);
                if (count >= 0)
                    written += count;
                else if (Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted)
                    return (written, error);
            }
        }

        return (written, 0);
    }

    /// <summary>Removes bytes that were appended after a length, unless other code has appended more.</summary>
    public void TakeBack(int count, long length)
    {
        if (count > 0 && Status is { IsRegularFile: true } status && status.Size == length + count)
            _ = LibcFiles.FTruncate(handle, length);
    }

    public bool ChangeMode(uint mode) => LibcFiles.FChmod(handle, mode) == 0;

    public bool ChangeOwner(uint user, uint group) => LibcFiles.FChown(handle, user, group) == 0;

    /// <summary>Redirects the standard streams of this process to the file.</summary>
    public void BecomeStandardStreams() => StandardStreams.Redirect(handle);

    public void Dispose() => handle.Dispose();
}
