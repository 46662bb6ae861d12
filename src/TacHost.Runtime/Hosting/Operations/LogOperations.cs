using Microsoft.Extensions.Logging;
using TacHost.Control.Server;
using TacHost.Control.Wire;
using TacHost.Logging;
using TacHost.Native;

namespace TacHost.Hosting.Operations;

/// <summary>Shows the log to clients of the control socket, and changes what is logged.</summary>
internal static class LogOperations
{
    /// <summary>The interval at which a client that follows the log checks whether the process is alive.</summary>
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends the last lines, and then each one that comes as long as the client stays.</summary>
    public static void Show(HostProcess process, ControlCall call, CancellationToken cancellationToken)
    {
        var (level, category) = (LevelOf(call) ?? LogLevel.Trace, call.Text("category"));
        var recent = LogOf(process, call.Text("application")).Recent;
        long after = call.Number("after") ?? 0;
        var all = recent.After(after);
        var wanted = all.Where(IsWanted).ToList();
        var count = call.Number("lines") ?? wanted.Count;
        var last = all.Count == 0 ? after : all[^1].Number;
        if (!SendAll(wanted.Skip(Math.Max(0, wanted.Count - count))) || !call.Flag("follow"))
            return;
        while (!cancellationToken.IsCancellationRequested)
        {
            var isLast = process.Ended.IsCompleted;
            recent.WaitAfter(last, isLast ? TimeSpan.Zero : _interval);
            foreach (var line in recent.After(last))
            {
                if (line.Number > last + 1 && last > 0 && !call.Notify(Lost(line, line.Number - last - 1), ControlJson.Default.LogReport))
                    return;
                last = line.Number;
                if (IsWanted(line) && !call.Notify(Of(line), ControlJson.Default.LogReport))
                    return;
            }

            if (isLast)
                return;
        }

        bool IsWanted(RecentLine line) =>
            line.Level >= level && (category is null || line.Category == category || line.Category.StartsWith($"{category}/", StringComparison.Ordinal));

        bool SendAll(IEnumerable<RecentLine> lines) => lines.All(line => call.Notify(Of(line), ControlJson.Default.LogReport));
    }

    /// <summary>Sets a level, if one is given, and answers all levels.</summary>
    public static void SetLevel(HostProcess process, ControlCall call)
    {
        var log = LogOf(process, call.Text("application"));
        if (call.Text("level") is { } name)
        {
            var category = call.Text("category");
            log.Levels.SetLevel(category, name != LevelReport.Configured ? LevelOf(call) : category is null ? process.Options.Log.MinimumLevel : null);
            HostLog.LevelChanged(log.Host, Accounts.User(call.Caller.User)?.Name ?? call.Caller.User.ToString(System.Globalization.CultureInfo.InvariantCulture), call.Caller.Process, category ?? "all categories", name);
        }

        call.Answer(new LevelReport(LogLevelName.Of(log.Levels.Minimum), log.Levels.Rules.OrderBy(each => each.Key, StringComparer.Ordinal).ToDictionary(each => each.Key, each => LogLevelName.Of(each.Value))), ControlJson.Default.LevelReport);
    }

    private static LogOutput LogOf(HostProcess process, string? application) =>
        process.Deployments.FirstOrDefault(each => each.HasApplication && each.Application.Name == application)?.Log ?? process.Log;

    private static LogLevel? LevelOf(ControlCall call) => call.Text("level") is not { } name
        ? null
        : LogLevelName.Parse(name) ?? throw new TacHostException(ExitCode.Usage, $"'{name}' is not a level, which is one of {string.Join(", ", LogLevelName.All)}.");

    private static LogReport Of(RecentLine line) => new(line.Number, line.Time, LogLevelName.Of(line.Level), line.Category, line.Text);

    private static LogReport Lost(RecentLine next, long count) =>
        new(next.Number - 1, next.Time, LogLevelName.Of(LogLevel.Warning), "-", System.FormattableString.Invariant($"Lines dropped here because they came too fast: {count}."));
}
