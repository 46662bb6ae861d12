namespace TacHost.Servers.Dns.Zones;

/// <summary>A zone file, or a hosts file, cannot be used.</summary>
public sealed class ZoneFileException : IOException
{
    internal ZoneFileException(string path, int? line, string reason, Exception? cause = null)
        : base($"The file '{path}'{(line is null ? "" : $", line {line},")} cannot be used, because {reason}.\n  {path}{(line is null ? "" : $":{line}")}", cause) => (File, Line) = (path, line);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line that is wrong, counted from 1, or null if it is no line.</summary>
    public int? Line { get; }
}
