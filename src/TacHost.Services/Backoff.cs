namespace TacHost.Services;

/// <summary>An exponential back-off with a maximum and jitter, for connection attempts and restarts.</summary>
/// <remarks>Ported from <c>twisted.application.internet.backoffPolicy</c>, with the same defaults.</remarks>
public sealed class Backoff
{
    private const int MostPowers = 100;

    /// <summary>Gets the base delay; the first delay is this value times <see cref="Factor"/>. Defaults to 1 second.</summary>
    public TimeSpan InitialDelay { get; init => field = SettingRange.Delay(value); } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the maximum delay, without the jitter. Defaults to 60 seconds.</summary>
    public TimeSpan MaxDelay { get; init => field = SettingRange.Delay(value); } = TimeSpan.FromSeconds(60);

    /// <summary>Gets the factor between consecutive delays, 1 or more. Defaults to 1.5.</summary>
    public double Factor { get; init => field = SettingRange.Number(value, 1, double.MaxValue); } = 1.5;

    /// <summary>Gets the function for the time added to each delay, so that many clients do not reconnect at once. Defaults to a random time below one second.</summary>
    public Func<TimeSpan> Jitter { get; init; } = () => TimeSpan.FromSeconds(Random.Shared.NextDouble());

    /// <summary>Gets the length of a run after which earlier failures no longer count. Used by supervisors. Defaults to 60 seconds.</summary>
    public TimeSpan ResetAfter { get; init => field = SettingRange.AtLeast(value, TimeSpan.Zero); } = TimeSpan.FromSeconds(60);

    /// <summary>Returns a back-off with the same delay after every failure, without jitter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative or more than 49 days.</exception>
    public static Backoff Constant(TimeSpan delay) => new() { InitialDelay = delay, MaxDelay = delay, Factor = 1, Jitter = () => TimeSpan.Zero };

    /// <summary>Returns the delay after a number of consecutive failures.</summary>
    /// <param name="failures">The number of failures, counted from 1. 0 means no delay.</param>
    /// <returns>A time between 0 and 49 days, including <see cref="Jitter"/>.</returns>
    public TimeSpan DelayAfter(int failures)
    {
        if (failures <= 0)
            return TimeSpan.Zero;
        var seconds = InitialDelay.TotalSeconds * Math.Pow(Factor, Math.Min(MostPowers, failures));
        var delay = Math.Min(seconds, MaxDelay.TotalSeconds) + Jitter().TotalSeconds;
        return TimeSpan.FromSeconds(Math.Clamp(delay, 0, SettingRange.LongestTime.TotalSeconds));
    }
}
