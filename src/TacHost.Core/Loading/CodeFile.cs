using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Loading;

/// <summary>Reads files with code that this process will execute.</summary>
/// <remarks>
/// The check applies to root, and to paths that the user has not named. The file and every directory on its path must
/// belong to this user or root. They must not be writable by others, as sshd requires with StrictModes (ADR 13).
/// The check and the read use the same descriptors, so the checked content is the content that is read.
/// </remarks>
internal static class CodeFile
{
    /// <summary>The variable with directories, separated by ':', below which root trusts files of any owner.</summary>
    public const string TrustVariable = "TACHOST_TRUST";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="isNamed">True if the user has named the file or its directory. The check then applies only to root.</param>
    /// <exception cref="UntrustedCodeException">Another user could have written the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read by this user.</exception>
    public static byte[] ReadAllBytes(string path, bool isNamed = true)
    {
        if (!IsChecked(path, isNamed))
            return File.ReadAllBytes(path);
        using var walk = PathWalk.Along(path, trustsOwnGroup: !isNamed);
        if (walk.Error != 0)
            throw Failure(path, walk.Error);

        // Check the status before opening the file, because opening another user's pipe would block.
        using (var named = Opened(OpenFlags.PathOnly))
            Require(named);
        using var file = Opened(OpenFlags.ReadOnly);
        Require(file);
        return ReadToEnd(file);

        SafeFileHandle Opened(OpenFlags flags) => walk.Open(flags, waits: true) ?? throw Failure(path, Marshal.GetLastPInvokeError());

        void Require(SafeFileHandle opened)
        {
            if (walk.ExplainDistrust(FileStatusOf.Open(opened) ?? default) is { } reason)
                throw new UntrustedCodeException(path, reason);
        }
    }

    /// <summary>Checks a file that the dynamic linker opens by its path, which no other user can change then.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="UntrustedCodeException">Another user could have written the file.</exception>
    public static void RequireTrust(string path)
    {
        if (!IsChecked(path, isNamed: true))
            return;
        using var walk = PathWalk.Along(path);
        using var file = walk.Error == 0 ? walk.Open(OpenFlags.PathOnly, waits: true) : null;
        if (walk.ExplainDistrust(file is null ? default : FileStatusOf.Open(file) ?? default) is { } reason)
            throw new UntrustedCodeException(path, reason);
    }

    /// <summary>Returns the reason why a directory must not be searched for code, or null.</summary>
    /// <param name="directory">The absolute path.</param>
    /// <param name="isNamed">True if the user has named the directory. The check then applies only to root.</param>
    public static string? ExplainSearchDistrust(string directory, bool isNamed)
    {
        if (!IsChecked(directory, isNamed))
            return null;
        using var walk = PathWalk.Along(directory, entersLast: true, trustsOwnGroup: !isNamed);
        return walk.Error == 0 ? walk.ExplainSearchDistrust() : $"it cannot be opened: {Errno.Text(walk.Error)}";
    }

    /// <summary>Returns whether a path is below one of the directories of <see cref="TrustVariable"/>.</summary>
    public static bool IsTrustedByName(string path) =>
        (Environment.GetEnvironmentVariable(TrustVariable) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(trusted => IsBelow(path, Path.GetFullPath(trusted)));

    private static bool IsChecked(string path, bool isNamed) =>
        !IsBelow(path, AppContext.BaseDirectory)
        && (!isNamed || LibcAccounts.GetEuid() == 0)
        && !IsTrustedByName(path);

    private static bool IsBelow(string path, string directory) =>
        Path.TrimEndingDirectorySeparator(directory) is var trimmed
        && path.StartsWith(trimmed, StringComparison.Ordinal) && (trimmed == "/" || path.Length == trimmed.Length || path[trimmed.Length] == '/');

    /// <summary>Reads until the end of the file, even of a pipe, whose length is unknown.</summary>
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
