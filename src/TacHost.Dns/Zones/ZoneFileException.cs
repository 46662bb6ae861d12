namespace TacHost.Dns.Zones;

/// <summary>The exception for a zone file or a hosts file that cannot be used.</summary>
public sealed class ZoneFileException : IOException
{
    internal ZoneFileException(string path, int? line, string reason, Exception? cause = null)
        : base($"The file '{path}'{(line is null ? "" : $", line {line},")} cannot be used, because {reason}.\n  {path}{(line is null ? "" : $":{line}")}", cause) => (File, Line) = (path, line);

    /// <summary>Gets the path of the file.</summary>
    public string File { get; }

    /// <summary>Gets the number of the invalid line, starting with 1, or null if the error is not in a line.</summary>
    public int? Line { get; }
}
