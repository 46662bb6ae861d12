using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The names of the levels, in log lines and on the command line.</summary>
internal static class LogLevelName
{
    private static readonly string[] _names = ["trace", "debug", "info", "warn", "error", "critical", "none"];

    /// <summary>All of them, the least severe first.</summary>
    public static IReadOnlyList<string> All => _names;

    public static string Of(LogLevel level) => _names[(int)level];

    public static LogLevel? Parse(string name) => Array.IndexOf(_names, name.ToLowerInvariant()) is >= 0 and var index ? (LogLevel)index : null;
}
