namespace TacHost.Servers.ProcMon;

/// <summary>How long a command that has ended waits for its next run: not at all after a run that was long enough, and twice as long after each one that was not.</summary>
internal sealed class RestartDelay(TimeSpan threshold, TimeSpan shortest, TimeSpan longest)
{
    private int _shortRuns;

    /// <summary>The delay after a run.</summary>
    public TimeSpan After(TimeSpan run)
    {
        if (run >= threshold)
        {
            _shortRuns = 0;
            return TimeSpan.Zero;
        }

        var delay = shortest * Math.Pow(2, _shortRuns);
        if (delay >= longest)
            return longest;
        _shortRuns++;
        return delay;
    }
}
