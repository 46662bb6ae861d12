using Microsoft.Extensions.Logging;

namespace TacHost.Servers.Processes;

/// <summary>Ends every process of a group: its stop signal, SIGKILL once the kill time is over, and waits until none is left.</summary>
internal static class ProcessGroupEnd
{
    private const int Continue = 18;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a killed process may take to be gone. One that the kernel holds, such as by a dead network file system, takes longer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <param name="group">The group; its leader may have ended.</param>
    /// <param name="name">What it is called in the log.</param>
    /// <param name="signal">The signal that asks the group to end.</param>
    /// <param name="killTime">How long the group has to heed the signal.</param>
    /// <param name="timeProvider">The clock of that.</param>
    /// <param name="logger">Hears of what is out of the ordinary.</param>
    /// <param name="hurry">Cancelled when the kill time is not to be waited for.</param>
    public static async Task ReachAsync(ProcessGroup group, string name, StopSignal signal, TimeSpan killTime, TimeProvider timeProvider, ILogger logger, CancellationToken hurry)
    {
        if (IsReached(group))
            return;
        if (group.Ended.IsCompleted)
            ProcessesLog.LeftBehind(logger, name, group.Id);
        group.Signal(signal.Number);

        // A process that was stopped by a signal could not heed this one.
        group.Signal(Continue);
        using (CancellationTokenSource killing = new(killTime, timeProvider))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(killing.Token, hurry);
            if (await IsReachedAsync(group, either.Token))
                return;
        }

        ProcessesLog.Killing(logger, name, group.Id, signal);
        group.Kill();
        using CancellationTokenSource patience = new(_patience);
        if (!await IsReachedAsync(group, patience.Token))
            ProcessesLog.GivenUp(logger, name, group.Id);
    }

    private static bool IsReached(ProcessGroup group) => group.Ended.IsCompleted && group.IsEmpty;

    private static async Task<bool> IsReachedAsync(ProcessGroup group, CancellationToken limit)
    {
        await ((Task)group.Ended).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Nobody tells when a process ends that is not one's own child.
        while (!IsReached(group))
        {
            if (limit.IsCancellationRequested)
                return false;
            await Task.Delay(_pause, CancellationToken.None);
        }

        return true;
    }
}
