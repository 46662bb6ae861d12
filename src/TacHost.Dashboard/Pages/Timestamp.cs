using System.Globalization;

namespace TacHost.Dashboard.Pages;

/// <summary>The texts of absolute times. Relative times would change the page every second.</summary>
internal static class Timestamp
{
    public static string Of(DateTimeOffset? moment) => moment?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
