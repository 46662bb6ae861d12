namespace TacHost.Logging;

/// <summary>The period after which a log file is rotated, regardless of its size.</summary>
internal enum LogPeriod
{
    None,
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>Calculates the period of a time, in local time.</summary>
internal static class LogPeriods
{
    /// <summary>Gets the values of --log-every, in the order of <see cref="LogPeriod"/> without the first.</summary>
    public static string[] Names { get; } = ["hour", "day", "week", "month"];

    /// <summary>Returns a number that is higher for every later period. A week begins on Monday.</summary>
    public static long NumberOf(this LogPeriod period, DateTimeOffset time)
    {
        var day = time.Date.Ticks / TimeSpan.TicksPerDay; // of the year 1, which began on a Monday
        return period switch
        {
            LogPeriod.Hour => time.DateTime.Ticks / TimeSpan.TicksPerHour,
            LogPeriod.Day => day,
            LogPeriod.Week => day / 7,
            LogPeriod.Month => (time.Year * 12L) + time.Month,
            _ => 0,
        };
    }
}
