using System.Globalization;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The users and groups of all threads of this process, as the kernel sees them (proc(5)); can be looked at from inside a jail.</summary>
internal sealed class ThreadIdentities : IDisposable
{
    private const string Tasks = "/proc/self/task";

    private readonly OpenDirectory? _tasks = OpenDirectory.Open(Tasks);
    private readonly List<string> _threads = Directory.Exists(Tasks) ? [.. Directory.EnumerateDirectories(Tasks).Select(path => Path.GetFileName(path))] : [];

    /// <summary>The first thread whose identity is another, or whose supplementary groups are not those of the others, or null.</summary>
    /// <exception cref="TacHostException">It cannot be told.</exception>
    public string? FirstThatIsNot(Identity identity)
    {
        if (_threads.Count == 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot see whether every thread became user {identity.User}, because '{Tasks}' cannot be read. Mount /proc.");
        string? groups = null;
        return _threads.FirstOrDefault(thread => !Is(thread, identity, ref groups));
    }

    public void Dispose() => _tasks?.Dispose();

    private bool Is(string thread, Identity identity, ref string? groups)
    {
        using var file = _tasks?.OpenFile($"{thread}/status", OpenFlags.ReadOnly);
        if (file is null)
            return true; // It has ended.
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read, bufferSize: 0));
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal) && !Matches(line, identity.User, identity.EffectiveOnly))
                return false;
            if (line.StartsWith("Gid:", StringComparison.Ordinal) && !Matches(line, identity.Group, identity.EffectiveOnly))
                return false;
            if (line.StartsWith("Groups:", StringComparison.Ordinal) && ((identity.UserName is null && Numbers(line).Any(group => group != identity.Group)) || (groups ??= line) != line))
                return false;
        }

        return true;
    }

    /// <summary>A line has the real, effective, saved and file system number.</summary>
    private static bool Matches(string line, uint expected, bool effectiveOnly) =>
        Numbers(line) is [var real, var effective, var saved, var fileSystem]
        && effective == expected && fileSystem == expected && (effectiveOnly || (real == expected && saved == expected));

    private static uint[] Numbers(string line) =>
        [.. line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => uint.Parse(word, CultureInfo.InvariantCulture))];
}
