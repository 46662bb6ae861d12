using System.Diagnostics;
using System.Globalization;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The users and groups of all threads of this process, as reported by the kernel (proc(5)). Readable even after chroot(2).</summary>
internal sealed class ThreadCredentials : IDisposable
{
    private const string Tasks = "/proc/self/task";

    /// <summary>The time for a thread to end that was ending when the process changed its identity: the C library leaves such threads out.</summary>
    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(1);

    private readonly OpenDirectory? _tasks = OpenDirectory.Open(Tasks);
    private readonly List<string> _threads = Directory.Exists(Tasks) ? [.. Directory.EnumerateDirectories(Tasks).Select(path => Path.GetFileName(path))] : [];

    /// <summary>Returns the first thread with another identity or with other supplementary groups, or null.</summary>
    /// <exception cref="TacHostException">The identities cannot be read.</exception>
    public string? FirstThatIsNot(Identity identity, IReadOnlyList<uint> groups)
    {
        if (_threads.Count == 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot check whether every thread became user {identity.User}, because '{Tasks}' cannot be read. Mount /proc.");
        return _threads.FirstOrDefault(thread => !Becomes(thread, identity, groups));
    }

    public void Dispose() => _tasks?.Dispose();

    /// <summary>Returns whether a thread has the identity and the groups, or ends in time.</summary>
    private bool Becomes(string thread, Identity identity, IReadOnlyList<uint> groups)
    {
        var began = Stopwatch.GetTimestamp();
        while (!Is(thread, identity, groups))
        {
            if (Stopwatch.GetElapsedTime(began) > _longestEnd)
                return false;
            BlockingWait.For(Task.Delay(_pause));
        }

        return true;
    }

    /// <summary>Returns whether a thread has ended, or has the identity and the groups.</summary>
    private bool Is(string thread, Identity identity, IReadOnlyList<uint> groups)
    {
        try
        {
            return HasEndedOrIs(thread, identity, groups);
        }
        catch (IOException)
        {
            return true; // The thread has ended after its file was opened.
        }
    }

    private bool HasEndedOrIs(string thread, Identity identity, IReadOnlyList<uint> groups)
    {
        using var file = _tasks?.OpenFile($"{thread}/status", OpenFlags.ReadOnly);
        if (file is null)
            return true; // The thread has ended.
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read, bufferSize: 0));
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal) && !Matches(line, identity.User, identity.EffectiveOnly))
                return false;
            if (line.StartsWith("Gid:", StringComparison.Ordinal) && !Matches(line, identity.Group, identity.EffectiveOnly))
                return false;
            if (line.StartsWith("Groups:", StringComparison.Ordinal) && !Numbers(line).ToHashSet().SetEquals(groups))
                return false;
        }

        return true;
    }

    /// <summary>Checks a line with the real, effective, saved and file system ID.</summary>
    private static bool Matches(string line, uint expected, bool effectiveOnly) =>
        Numbers(line) is [var real, var effective, var saved, var fileSystem]
        && effective == expected && fileSystem == expected && (effectiveOnly || (real == expected && saved == expected));

    private static uint[] Numbers(string line) =>
        [.. line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => uint.Parse(word, CultureInfo.InvariantCulture))];
}
