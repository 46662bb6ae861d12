using TacHost.Services;

namespace TacHost.Logging;

/// <summary>The combination of the log options of the command line with those of a tac file.</summary>
internal static class LogOptionsMerge
{
    /// <summary>Returns the options with those of a tac file where the command line has set none.</summary>
    /// <param name="said">The options of the command line.</param>
    /// <param name="asked">The options of the tac file.</param>
    /// <param name="resolve">Returns the absolute path of a path in the tac file.</param>
    public static LogOptions With(this LogOptions said, LogFileOptions asked, Func<string, string> resolve) => said with
    {
        File = asked.Path is { } path && !said.IsChosen ? resolve(path) : said.File,
        FileSize = said.FileSize ?? asked.MaxSize,
        FilesKept = said.FilesKept ?? asked.Keep,
        LongestAge = said.LongestAge ?? asked.KeepFor,
        Period = said.Period != LogPeriod.None ? said.Period : asked.Interval switch
        {
            LogInterval.Hour => LogPeriod.Hour,
            LogInterval.Day => LogPeriod.Day,
            LogInterval.Week => LogPeriod.Week,
            LogInterval.Month => LogPeriod.Month,
            _ => LogPeriod.None,
        },
    };
}
