using TacHost.Services;

namespace TacHost.Fleet;

/// <summary>Decides when a deployment that has ended starts again, and when it is given up.</summary>
/// <param name="clock">The clock.</param>
internal sealed class UnitRestarts(TimeProvider clock)
{
    private const int MostEnds = 5;

    private static readonly TimeSpan _within = TimeSpan.FromSeconds(60);

    /// <summary>The exit codes that another start cannot mend: see <see cref="ExitCode"/>.</summary>
    private static readonly int[] _hopeless = [ExitCode.Usage, ExitCode.BadTac, ExitCode.NoInput, ExitCode.NoUser, ExitCode.NoPermission];

    private static readonly Backoff _backoff = new()
    {
        InitialDelay = TimeSpan.FromSeconds(0.5),
        Factor = 2,
        MaxDelay = TimeSpan.FromMinutes(3),
        Jitter = () => TimeSpan.Zero,
        ResetAfter = TimeSpan.FromSeconds(10),
    };

    private readonly Queue<long> _ends = [];
    private int _failures;

    /// <summary>Counts an end.</summary>
    /// <param name="ran">The run time of the process.</param>
    /// <param name="exitCode">The exit code, or null if it is unknown.</param>
    /// <returns>The delay before the next start, or null if there is none.</returns>
    public TimeSpan? AfterEnd(TimeSpan ran, int? exitCode)
    {
        if (exitCode is { } code && _hopeless.Contains(code))
            return null;
        var now = clock.GetTimestamp();
        while (_ends.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= _within)
            _ends.Dequeue();
        _ends.Enqueue(now);
        if (_ends.Count >= MostEnds)
            return null;
        _failures = ran >= _backoff.ResetAfter ? 1 : _failures + 1;
        return _backoff.DelayAfter(_failures);
    }

    /// <summary>Resets the counts, after a command of an operator or a change of the files.</summary>
    public void Clear()
    {
        _ends.Clear();
        _failures = 0;
    }
}
