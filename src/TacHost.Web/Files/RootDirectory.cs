using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Web.Files;

/// <summary>
/// A directory in which no opened path leads outside, neither by <c>..</c> nor by a symbolic link. The
/// kernel enforces this, so it holds even if paths change concurrently.
/// </summary>
/// <remarks>
/// The path of the directory is resolved for each request. If it is a symbolic link, the link can be switched to the
/// next release while the server runs. Ported in spirit from <c>twisted.python.filepath.FilePath.child</c>.
/// </remarks>
internal sealed class RootDirectory(string path)
{
    private const string WellKnown = ".well-known";

    /// <summary>Gets whether names that begin with a dot are accessible. <c>.well-known</c> (RFC 8615) in the root always is.</summary>
    public bool ShowsDotFiles { get; init; }

    /// <summary>Checks that the directory can be served.</summary>
    /// <exception cref="IOException">The directory cannot be served. The message contains the reason and a remedy.</exception>
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

    public bool TryLook(string requestPath, out FileStatus status)
    {
        status = default;
        using var file = Open(requestPath, OpenFlags.PathOnly);
        if (file is not { IsInvalid: false } || FileStatusOf.Open(file) is not { } found)
            return false;
        status = found;
        return true;
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="FileNotFoundException">The file no longer exists, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is not readable.</exception>
    public FileStream OpenFile(string requestPath)
    {
        var file = Open(requestPath, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal);
        if (file is { IsInvalid: false } && FileStatusOf.Open(file) is { IsRegularFile: true })
            return new FileStream(file, FileAccess.Read, bufferSize: 0);
        var error = file is { IsInvalid: true } ? Marshal.GetLastPInvokeError() : 0;
        file?.Dispose();
        throw error == Errno.AccessDenied ? new UnauthorizedAccessException($"'{requestPath}' may not be read.") : new FileNotFoundException($"'{requestPath}' cannot be read.");
    }

    /// <summary>Returns the accessible entries of a directory, unsorted.</summary>
    public List<DirectoryEntry> List(string requestPath)
    {
        List<DirectoryEntry> entries = [];
        using var directory = Open(requestPath, OpenFlags.ReadOnly | OpenFlag.Directory);
        if (directory is not { IsInvalid: false })
            return entries;
        foreach (var name in LibcFiles.ReadNames(directory).Where(name => ShowsDotFiles ? name is not ("." or "..") : !name.StartsWith('.')))
        {
            if (TryLook($"{requestPath.TrimEnd('/')}/{name}", out var status) && (status.IsDirectory || status.IsRegularFile))
                entries.Add(new DirectoryEntry(name, status));
        }

        return entries;
    }

    private SafeFileHandle? Open(string requestPath, OpenFlags flags)
    {
        var relative = requestPath.TrimStart('/');

        // An empty segment would match "//host/" as "/host/", and a redirect to it would lead to another server.
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
        new(LibcFiles.OpenAt2(root, relative, flags), ownsHandle: true);
}

/// <summary>A file in a directory listing.</summary>
internal sealed record DirectoryEntry(string Name, FileStatus Status);
