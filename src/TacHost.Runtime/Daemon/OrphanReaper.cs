using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>Reaps orphans that become children of this process, which is the duty of process 1 of a container.</summary>
/// <remarks>
/// The runtime waits immediately for processes started through it, and reaping one of these would lose its exit code. Therefore
/// only processes that are still zombies at a second check are reaped.
/// </remarks>
internal sealed class OrphanReaper : IDisposable
{
    private const int Initial = 1;
    private const int NoHang = 1;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly PosixSignalRegistration _childEnded;
    private readonly Timer _timer;
    private HashSet<int> _deadAtLastLook = [];

    private OrphanReaper()
    {
        _timer = new Timer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _childEnded = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => _timer.Change(_pause, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Starts the reaper if this is process 1; otherwise returns null.</summary>
    public static OrphanReaper? StartIfInitialProcess() => Environment.ProcessId == Initial ? new OrphanReaper() : null;

    public void Dispose()
    {
        _childEnded.Dispose();
        _timer.Dispose();
    }

    private void Look()
    {
        var dead = DeadChildren().ToHashSet();
        foreach (var process in dead.Intersect(_deadAtLastLook))
            _ = LibcProcesses.WaitPid(process, out _, NoHang);
        _deadAtLastLook = dead;
        if (dead.Count > 0)
            _timer.Change(_pause, Timeout.InfiniteTimeSpan);
    }

    private static IEnumerable<int> DeadChildren()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var process) && IsDeadChild(directory))
                yield return process;
        }
    }

    /// <summary>Parses proc(5): "pid (command) state parent …". The command may contain any characters.</summary>
    private static bool IsDeadChild(string directory)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, "stat"));
            return text[(text.LastIndexOf(')') + 1)..].StartsWith(" Z 1 ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
