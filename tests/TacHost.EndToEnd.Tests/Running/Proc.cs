using System.Globalization;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>What the kernel tells about a process, proc(5).</summary>
internal static class Proc
{
    /// <summary>A field of /proc/ID/status, its values separated by one space.</summary>
    public static string Status(int id, string field) => Status(id.ToString(CultureInfo.InvariantCulture), field);

    public static string Status(string process, string field) =>
        string.Join(' ', File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Skip(1));

    public static string? WorkingDirectory(int id) => new DirectoryInfo($"/proc/{id}/cwd").LinkTarget;

    /// <summary>The session that a process belongs to.</summary>
    public static int Session(int id) => (int)Stat(id, 3);

    /// <summary>How long a process has been computing, in steps of 10 ms.</summary>
    public static TimeSpan CpuTime(int id) => TimeSpan.FromMilliseconds(10 * (Stat(id, 11) + Stat(id, 12)));

    /// <summary>What an open descriptor leads to.</summary>
    public static string? Descriptor(int id, int descriptor) => new FileInfo($"/proc/{id}/fd/{descriptor}").LinkTarget;

    /// <summary>The port that a process listens on.</summary>
    public static int PortOf(int id)
    {
        var sockets = Directory.EnumerateFiles($"/proc/{id}/fd").Select(path => new FileInfo(path).LinkTarget).ToHashSet();
        var line = File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(columns => columns[3] == "0A" && sockets.Contains($"socket:[{columns[9]}]"));
        return int.Parse(line[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>A number of /proc/ID/stat, counted from what follows the name, which may hold spaces.</summary>
    private static long Stat(int id, int field)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[field], CultureInfo.InvariantCulture);
    }
}
