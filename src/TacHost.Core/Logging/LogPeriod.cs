namespace TacHost.Logging;

/// <summary>How often a log file is begun anew, whatever its size.</summary>
internal enum LogPeriod
{
    /// <summary>Never, for that reason.</summary>
    None,
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>Which period a time falls into, by the clock on the wall.</summary>
internal static class LogPeriods
{
    /// <summary>The words of --log-every, in the order of <see cref="LogPeriod"/> without the first.</summary>
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
