namespace TacHost.Services;

/// <summary>The interval at which a new log file begins, in local time.</summary>
public enum LogInterval
{
    /// <summary>At each full hour.</summary>
    Hour,

    /// <summary>At midnight.</summary>
    Day,

    /// <summary>At midnight before Monday.</summary>
    Week,

    /// <summary>At midnight before the first day of the month.</summary>
    Month,
}
