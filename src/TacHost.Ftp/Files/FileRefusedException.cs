using TacHost.Native;

namespace TacHost.Ftp.Files;

/// <summary>The exception for a refused file operation. The message is for the client, and does not disclose local paths.</summary>
internal sealed class FileRefusedException(int error, string? message = null) : Exception(message ?? Describe(error))
{
    public int Error => error;

    /// <summary>Gets the sentence that the log has to have, or null. The client does not see it.</summary>
    public string? Warning { get; init; }

    private static string Describe(int error) => error switch
    {
        Errno.NoSuchFile => "No such file or directory.",
        Errno.Exists => "It exists already.",
        Errno.NotADirectory => "Not a directory.",
        Errno.IsADirectory => "It is a directory.",
        Errno.NotEmpty => "The directory is not empty.",
        Errno.NameTooLong => "The name is too long.",
        Errno.NoSpace or Errno.QuotaExceeded => "No space left.",
        Errno.NotPermitted or Errno.AccessDenied or Errno.ReadOnlyFileSystem or Errno.CrossDevice or Errno.TooManyLinks => "Permission denied.",
        _ => "The file system refuses it.",
    };
}
