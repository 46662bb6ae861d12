namespace TacHost.Services;

/// <summary>A password file cannot be read or cannot be trusted.</summary>
public sealed class PasswordFileException : Exception
{
    internal PasswordFileException(string file, int? line, string reason, Exception? cause = null)
        : base($"The password file '{file}'{(line is null ? "" : $", line {line},")} cannot be used: {reason}", cause) => (File, Line) = (file, line);

    /// <summary>The same once more, for another caller.</summary>
    internal PasswordFileException(PasswordFileException known)
        : base(known.Message, known) => (File, Line) = (known.File, known.Line);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The number of the line that is wrong, from 1, or null if it is the file as a whole.</summary>
    public int? Line { get; }
}
