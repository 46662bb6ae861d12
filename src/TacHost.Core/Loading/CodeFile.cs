using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Loading;

/// <summary>Reads files whose code this process is going to run.</summary>
/// <remarks>
/// As root, and wherever nobody has named the place, a file and every directory on the way to it must belong to this user or root and be writable by nobody
/// else, as sshd has it with StrictModes (ADR 13). What was checked is what is read: the check and the reading go through the same descriptors.
/// </remarks>
internal static class CodeFile
{
    /// <summary>The variable with the directories, separated by ':', below which root takes files whoever owns them.</summary>
    public const string TrustVariable = "TACHOST_TRUST";

    /// <summary>Reads a file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="isNamed">Whether the user has named the file or its directory, so that only root is kept from it.</param>
    /// <exception cref="UntrustedCodeException">Somebody else could have written the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read the file.</exception>
    public static byte[] ReadAllBytes(string path, bool isNamed = true)
    {
        if (!IsChecked(path, isNamed))
            return File.ReadAllBytes(path);
        using var walk = PathWalk.Along(path, trustsOwnGroup: !isNamed);
        if (walk.Error != 0)
            throw Failure(path, walk.Error);

        // Looked at before it is opened, because opening a pipe of somebody else's would wait for him.
        using (var named = Opened(OpenFlags.PathOnly))
            Require(named);
        using var file = Opened(OpenFlags.ReadOnly);
        Require(file);
        return ReadToEnd(file);

        SafeFileHandle Opened(OpenFlags flags) => walk.Open(flags, waits: true) ?? throw Failure(path, Marshal.GetLastPInvokeError());

        void Require(SafeFileHandle opened)
        {
            if (walk.WhyNot(FileStatusOf.Open(opened) ?? default) is { } reason)
                throw new UntrustedCodeException(path, reason);
        }
    }

    /// <summary>Returns the reason why a directory is not searched for code that nobody has named, or null.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="isNamed">Whether the user has named the directory, so that only root is kept from it.</param>
    public static string? WhyNotSearch(string directory, bool isNamed)
    {
        if (!IsChecked(directory, isNamed))
            return null;
        using var walk = PathWalk.Along(directory, entersLast: true, trustsOwnGroup: !isNamed);
        return walk.Error == 0 ? walk.WhyNotSearch() : $"it cannot be opened: {Errno.Text(walk.Error)}";
    }

    /// <summary>Returns whether a path is below one of the directories of <see cref="TrustVariable"/>.</summary>
    public static bool IsTrustedByName(string path) =>
        (Environment.GetEnvironmentVariable(TrustVariable) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(trusted => IsBelow(path, Path.GetFullPath(trusted)));

    private static bool IsChecked(string path, bool isNamed) =>
        !IsBelow(path, AppContext.BaseDirectory)
        && (!isNamed || Libc.GetEffectiveUserId() == 0)
        && !IsTrustedByName(path);

    private static bool IsBelow(string path, string directory) =>
        Path.TrimEndingDirectorySeparator(directory) is var trimmed
        && path.StartsWith(trimmed, StringComparison.Ordinal) && (trimmed == "/" || path.Length == trimmed.Length || path[trimmed.Length] == '/');

    /// <summary>Reads up to the end, also of a pipe, whose length nobody knows.</summary>
    private static byte[] ReadToEnd(SafeFileHandle file)
    {
        using FileStream stream = new(file, FileAccess.Read, bufferSize: 0);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static Exception Failure(string path, int error) => error switch
    {
        Errno.NoSuchFile => new FileNotFoundException($"Could not find file '{path}'.", path),
        Errno.NotADirectory => new DirectoryNotFoundException($"Could not find a part of the path '{path}'."),
        Errno.AccessDenied or Errno.IsADirectory => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
        _ => new IOException($"{Errno.Text(error)} : '{path}'"),
    };
}
