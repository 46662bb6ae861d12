using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Web.Files;

/// <summary>A directory that nothing that is opened in it can lead out of: neither <c>..</c> nor a symbolic link, also if both change meanwhile, since the kernel itself sees to it.</summary>
/// <remarks>Its path is followed anew each time, so that a link there may be turned to the next release while the server runs. Ported in spirit from <c>twisted.python.filepath.FilePath.child</c>.</remarks>
internal sealed class RootDirectory(string path)
{
    private const string WellKnown = ".well-known";

    /// <summary>Whether names that begin with a dot are to be found, beside <c>.well-known</c> (RFC 8615), which always is.</summary>
    public bool ShowsDotFiles { get; init; }

    /// <summary>Sees whether it can be served.</summary>
    /// <exception cref="IOException">It cannot; the message says why and what to do.</exception>
    public void Check()
    {
        using var root = OpenRoot();
        if (root.IsInvalid)
            throw new IOException($"the directory '{path}' cannot be served: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. Name one that this user may enter.");
        using var self = OpenBelow(root, ".", OpenFlags.PathOnly);
        if (!self.IsInvalid)
            return;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(error == Errno.NoSuchCall
            ? $"the directory '{path}' cannot be served safely, because this system has no openat2(2). Use Linux 5.6 or later, or a container runtime that lets it through."
            : $"the directory '{path}' cannot be served: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    /// <summary>Looks at a file or a directory, by the path of a request.</summary>
    public bool TryLook(string requestPath, out FileStatus status)
    {
        status = default;
        using var file = Open(requestPath, OpenFlags.PathOnly);
        if (file is not { IsInvalid: false } || FileStatusOf.Open(file) is not { } found)
            return false;
        status = found;
        return true;
    }

    /// <summary>Opens an ordinary file to read.</summary>
    /// <exception cref="FileNotFoundException">It is not there any more, or is no ordinary file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public FileStream OpenFile(string requestPath)
    {
        var file = Open(requestPath, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal);
        if (file is { IsInvalid: false } && FileStatusOf.Open(file) is { IsRegularFile: true })
            return new FileStream(file, FileAccess.Read, bufferSize: 0);
        var error = file is { IsInvalid: true } ? Marshal.GetLastPInvokeError() : 0;
        file?.Dispose();
        throw error == Errno.AccessDenied ? new UnauthorizedAccessException($"'{requestPath}' may not be read.") : new FileNotFoundException($"'{requestPath}' cannot be read.");
    }

    /// <summary>The entries of a directory that may be served, in no order.</summary>
    public List<DirectoryEntry> List(string requestPath)
    {
        List<DirectoryEntry> entries = [];
        using var directory = Open(requestPath, OpenFlags.ReadOnly | OpenFlag.Directory);
        if (directory is not { IsInvalid: false })
            return entries;
        foreach (var name in Libc.ReadNames(directory).Where(name => ShowsDotFiles ? name is not ("." or "..") : !name.StartsWith('.')))
        {
            if (TryLook($"{requestPath.TrimEnd('/')}/{name}", out var status) && (status.IsDirectory || status.IsRegularFile))
                entries.Add(new DirectoryEntry(name, status));
        }

        return entries;
    }

    private SafeFileHandle? Open(string requestPath, OpenFlags flags)
    {
        var relative = requestPath.TrimStart('/');

        // An empty segment would let "//host/" through to where "/host/" is meant, and come back in a redirection as another server.
        if (requestPath.Contains("//", StringComparison.Ordinal) || relative.Contains('\0') || HidesIn(relative))
            return null;
        using var root = OpenRoot();
        return root.IsInvalid ? null : OpenBelow(root, relative.Length == 0 ? "." : relative, flags);
    }

    private bool HidesIn(string relative)
    {
        if (ShowsDotFiles || !relative.Contains('.'))
            return false;
        foreach (var range in relative.AsSpan().Split('/'))
        {
            var segment = relative.AsSpan(range);
            if (segment.StartsWith('.') && !(range.Start.Value == 0 && segment.SequenceEqual(WellKnown)))
                return true;
        }

        return false;
    }

    private SafeFileHandle OpenRoot() => new(Libc.Open(path, OpenFlags.PathOnly | OpenFlag.Directory | OpenFlags.CloseOnExec, 0), ownsHandle: true);

    private static SafeFileHandle OpenBelow(SafeFileHandle root, string relative, OpenFlags flags) =>
        new(Libc.OpenBelow(root, relative, flags), ownsHandle: true);
}

/// <summary>What a listing tells of a file.</summary>
internal sealed record DirectoryEntry(string Name, FileStatus Status);
