using Microsoft.Extensions.Logging;

namespace TacHost.Processes;

/// <summary>Ends every process of a group: its stop signal, SIGKILL once the kill time is over, and waits until none is left.</summary>
internal static class ProcessGroupEnd
{
    private const int Continue = 18;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The time to wait for killed processes. Processes that are blocked in the kernel, such as by a dead network file system, may take longer.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>Ends all processes of a group, and waits until they have ended.</summary>
    /// <param name="group">The group. Its leader may have ended.</param>
    /// <param name="name">The name of the group in the log.</param>
    /// <param name="signal">The signal that asks the group to end.</param>
    /// <param name="killTime">The time in which the group must end after the signal.</param>
    /// <param name="timeProvider">The clock of <paramref name="killTime"/>.</param>
    /// <param name="logger">The logger for irregular ends.</param>
    /// <param name="killToken">If cancelled, the remaining processes are killed immediately.</param>
    public static async Task ReachAsync(ProcessGroup group, string name, StopSignal signal, TimeSpan killTime, TimeProvider timeProvider, ILogger logger, CancellationToken killToken)
    {
        if (IsReached(group))
            return;
        if (group.Ended.IsCompleted)
            ProcessesLog.LeftBehind(logger, name, group.Id);
        group.Signal(signal.Number);

        // A stopped process handles SIGTERM only after SIGCONT.
        group.Signal(Continue);
        using (CancellationTokenSource killing = new(killTime, timeProvider))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(killing.Token, killToken);
            if (await IsReachedAsync(group, either.Token))
                return;
        }

        ProcessesLog.Killing(logger, name, group.Id, signal);
        group.Kill();
        using CancellationTokenSource timeout = new(_timeout);
        if (!await IsReachedAsync(group, timeout.Token))
            ProcessesLog.GivenUp(logger, name, group.Id);
    }

    private static bool IsReached(ProcessGroup group) => group.Ended.IsCompleted && group.IsEmpty;

    private static async Task<bool> IsReachedAsync(ProcessGroup group, CancellationToken limit)
    {
        await ((Task)group.Ended).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // The end of processes that are not child processes can only be polled.
        while (!IsReached(group))
        {
            if (limit.IsCancellationRequested)
                return false;
            await Task.Delay(_pause, CancellationToken.None);
        }

        return true;
    }
}
