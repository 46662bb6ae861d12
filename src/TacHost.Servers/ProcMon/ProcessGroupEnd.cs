using Microsoft.Extensions.Logging;

namespace TacHost.Servers.ProcMon;

/// <summary>Ends every process of a command's group: SIGTERM, SIGKILL once the kill time is over, and waits until none is left.</summary>
internal static class ProcessGroupEnd
{
    private const int Terminate = 15;
    private const int Continue = 18;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a killed process may take to be gone. One that the kernel holds, such as by a dead network file system, takes longer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <param name="child">The leader of the group, ended or not.</param>
    /// <param name="name">The command's name.</param>
    /// <param name="times">How long the group has to heed SIGTERM.</param>
    /// <param name="logger">Hears of what is out of the ordinary.</param>
    /// <param name="hurry">Cancelled when the kill time is not to be waited for.</param>
    public static async Task ReachAsync(ChildProcess child, string name, RestartTimes times, ILogger logger, CancellationToken hurry)
    {
        if (IsReached(child))
            return;
        if (child.Ended.IsCompleted)
            ProcMonLog.LeftBehind(logger, name, child.Id);
        child.Signal(Terminate);

        // A process that was stopped by a signal could not heed this one.
        child.Signal(Continue);
        using (CancellationTokenSource killTime = new(times.KillTime, times.TimeProvider))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(killTime.Token, hurry);
            if (await IsReachedAsync(child, either.Token))
                return;
        }

        ProcMonLog.Killing(logger, name, child.Id);
        child.Kill();
        using CancellationTokenSource patience = new(_patience);
        if (!await IsReachedAsync(child, patience.Token))
            ProcMonLog.GivenUp(logger, name, child.Id);
    }

    private static bool IsReached(ChildProcess child) => child.Ended.IsCompleted && child.IsGroupEmpty;

    private static async Task<bool> IsReachedAsync(ChildProcess child, CancellationToken limit)
    {
        await ((Task)child.Ended).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Nobody tells when a process ends that is not one's own child.
        while (!IsReached(child))
        {
            if (limit.IsCancellationRequested)
                return false;
            await Task.Delay(_pause, CancellationToken.None);
        }

        return true;
    }
}
