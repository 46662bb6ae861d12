namespace TacHost.Services;

/// <summary>How long to wait before the next attempt to connect: longer after each one that failed, up to a limit, and never quite the same.</summary>
/// <remarks>Ported from <c>twisted.application.internet.backoffPolicy</c>, with its figures.</remarks>
public sealed class Backoff
{
    private const int MostPowers = 100;

    /// <summary>What the delays begin from; the first is this times <see cref="Factor"/>. Defaults to 1 second.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No delay is longer than this, but for the jitter. Defaults to 60 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>By how much each delay is longer than the one before. Defaults to 1.5.</summary>
    public double Factor { get; init; } = 1.5;

    /// <summary>What is added to each delay, so that many clients do not come back all at once. Defaults to a random time of less than a second.</summary>
    public Func<TimeSpan> Jitter { get; init; } = () => TimeSpan.FromSeconds(Random.Shared.NextDouble());

    /// <summary>Gets the length of a run after which earlier failures no longer count. Used by supervisors. Defaults to 60 seconds.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns the delay after so many failures in a row.</summary>
    /// <param name="failures">The number of failures, counted from 1. 0 means no delay.</param>
    public TimeSpan DelayAfter(int failures)
    {
        if (failures <= 0)
            return TimeSpan.Zero;
        var seconds = InitialDelay.TotalSeconds * Math.Pow(Factor, Math.Min(MostPowers, failures));
        return (seconds < MaxDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxDelay) + Jitter();
    }
}
