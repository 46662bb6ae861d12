using System.Globalization;

namespace TacHost.Control.Client;

/// <summary>Formats times for tables and sentences.</summary>
internal static class Moment
{
    /// <summary>Returns the time of day if the moment is less than a day ago, otherwise the date.</summary>
    public static string Short(DateTimeOffset? moment) => moment is not { } time
        ? ""
        : time.ToLocalTime().ToString(TimeProvider.System.GetUtcNow() - time < TimeSpan.FromDays(1) ? "HH:mm:ss" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Returns a text such as <c>2026-11-28 14:03:22 (3 min ago)</c>.</summary>
    public static string Long(DateTimeOffset moment)
    {
        var age = TimeProvider.System.GetUtcNow() - moment;
        var text = moment.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return age >= TimeSpan.Zero ? $"{text} ({Length(age)} ago)" : $"{text} (in {Length(-age)})";
    }

    private static string Length(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{(long)time.TotalDays} days",
        { TotalHours: >= 2 } => $"{(long)time.TotalHours} h",
        { TotalMinutes: >= 2 } => $"{(long)time.TotalMinutes} min",
        _ => $"{(long)time.TotalSeconds} s",
    };
}
