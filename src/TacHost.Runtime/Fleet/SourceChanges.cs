using System.Globalization;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>Detects changes of a deployment's files without reading them, and the end of the writes.</summary>
/// <param name="clock">The clock.</param>
internal sealed class SourceChanges(TimeProvider clock)
{
    /// <summary>The time without a change after which files count as complete.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.5);

    private IReadOnlyList<string> _files = [];
    private string? _done;
    private string? _seen;
    private long _seenAt;
    private DateTimeOffset _began;

    /// <summary>Returns whether the files have changed since they were last taken, and have been quiet since then.</summary>
    /// <param name="path">The tac file.</param>
    public bool HasChanged(string path)
    {
        var stamp = Stamp(path);
        if (stamp == _done)
            return false;
        if (stamp == _seen)
            return clock.GetElapsedTime(_seenAt) >= Quiet;
        (_seen, _seenAt) = (stamp, clock.GetTimestamp());
        return false;
    }

    /// <summary>Notes that the files are about to be read.</summary>
    public void Begin() => _began = clock.GetUtcNow();

    /// <summary>Notes that the files have been read. A write during the read counts as a change.</summary>
    /// <param name="path">The tac file.</param>
    /// <param name="files">The files that were read.</param>
    public void End(string path, IReadOnlyList<string> files)
    {
        _files = files;
        var now = clock.GetUtcNow();
        _seen = null;
        _done = files.Append(path).Any(file => File.GetLastWriteTimeUtc(file) is var time && time >= _began && time <= now) ? null : Stamp(path);
    }

    private string Stamp(string path) => string.Join('|', _files.Prepend(path).Select(StampOf));

    private static string StampOf(string path) => FileStatusOf.Target(path) is { } status
        ? string.Create(CultureInfo.InvariantCulture, $"{status.Inode} {status.Size} {status.ModifiedSeconds}.{status.ModifiedNanoseconds}")
        : "";
}
