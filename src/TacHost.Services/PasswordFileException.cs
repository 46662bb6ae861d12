namespace TacHost.Services;

/// <summary>The exception for a password file that cannot be read or cannot be trusted.</summary>
public sealed class PasswordFileException : Exception
{
    internal PasswordFileException(string file, int? line, string reason, Exception? cause = null)
        : base($"The password file '{file}'{(line is null ? "" : $", line {line},")} cannot be used: {reason}", cause) => (File, Line) = (file, line);

    /// <summary>Initializes a copy of a cached exception for another caller.</summary>
    internal PasswordFileException(PasswordFileException known)
        : base(known.Message, known) => (File, Line) = (known.File, known.Line);

    /// <summary>Gets the path of the file.</summary>
    public string File { get; }

    /// <summary>Gets the number of the wrong line, counted from 1, or null if the error concerns the whole file.</summary>
    public int? Line { get; }
}
