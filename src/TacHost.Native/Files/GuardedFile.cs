using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>A file that was opened to be written, at a place where another user may have put something else.</summary>
/// <remarks>
/// The path is followed through descriptors, and the file is examined through the descriptor that is used. Root does not follow a symbolic link of another user. Where others
/// can write to a directory of the path, root writes only to a regular file with a single name. So no link or device can redirect the write.
/// </remarks>
internal sealed class GuardedFile : IDisposable
{
    private GuardedFile(PathWalk walk, SafeFileHandle handle, string? distrust) => (Walk, Handle, Distrust) = (walk, handle, distrust);

    public PathWalk Walk { get; }

    /// <summary>Gets the open file. The caller owns it.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Gets the reason why another user could replace the file, or null; always null for users other than root.</summary>
    public string? Distrust { get; }

    /// <summary>Gets whether this process has the rights of root, so that its writes must be guarded.</summary>
    public static bool IsRoot => LibcAccounts.GetEuid() == 0;

    /// <summary>Opens or creates a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="flags">The flags of open(2).</param>
    /// <param name="mode">The mode of a file that is created.</param>
    /// <exception cref="GuardedFileException">The file cannot be opened, or root does not write there.</exception>
    public static GuardedFile Open(string path, OpenFlags flags, uint mode)
    {
        var walk = PathWalk.Along(path, refusesForeignLinks: IsRoot);
        SafeFileHandle? handle = null;
        try
        {
            if (walk.Error != 0)
                throw walk is { Distrust: { } reason, Error: Errno.TooManyLinks } && IsRoot ? new GuardedFileException(walk.Error, $"root does not follow a symbolic link in the path, because {reason}") : new GuardedFileException(walk.Error);
            handle = walk.Open(flags, mode) ?? throw new GuardedFileException(Marshal.GetLastPInvokeError());
            var distrust = IsRoot ? walk.ExplainSearchDistrust() : null;
            if (distrust is not null && FileStatusOf.Open(handle) is not { IsOrdinary: true })
                throw new GuardedFileException(Errno.NotPermitted, $"root writes only to a regular file with a single name there, because {distrust}");
            return new GuardedFile(walk, handle, distrust);
        }
        catch (GuardedFileException)
        {
            handle?.Dispose();
            walk.Dispose();
            throw;
        }
    }

    /// <summary>Returns why the file must not be written because of its owner, or null. The owner counts only where others could have put the file.</summary>
    /// <param name="heir">Another user that may own the file, beside root.</param>
    public string? ExplainOwnerDistrust(uint? heir = null) =>
        Distrust is not null && FileStatusOf.Open(Handle) is { UserId: var owner } && owner != 0 && owner != heir
            ? $"it belongs to user {owner}, and {Distrust}. Root writes only to a file of its own there, or of the user that it becomes"
            : null;

    public void Dispose() => Walk.Dispose();
}
