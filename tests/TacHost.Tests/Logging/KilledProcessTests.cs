using System.Diagnostics;
using System.Globalization;

namespace TacHost.Tests.Logging;

public sealed class KilledProcessTests : IDisposable
{
    /// <summary>Logs a line each millisecond and notes beside it, with a write of its own, that and when it did.</summary>
    private const string Tac = """
        using System.IO;
        using Microsoft.Extensions.Logging;

        var application = new Application("chatter");
        new Chatter(Environment.GetEnvironmentVariable("CHATTER_NOTES")).SetServiceParent(application);

        sealed class Chatter(string notes) : Service
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                for (var i = 0; ; i++)
                {
                    Logger.LogInformation("line {Number}", i);
                    File.AppendAllText(notes, $"{i} {Environment.TickCount64}\n");
                    await Task.Delay(1, stoppingToken);
                }
            }
        }
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Kill_WithoutWarning_AllButTheLastMomentIsInTheFile()
    {
        const long longestDelay = 1_000; // 50 ms, and the wait for a processor on a busy machine
        var (tac, log, notes) = (_directory["chatter.csx"], _directory["tachost.log"], _directory["notes"]);
        await File.WriteAllTextAsync(tac, Tac, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(Built.Tachost, ["--nodaemon", "--logfile", log, "--pidfile", _directory["pid"], tac]);
        start.Environment["CHATTER_NOTES"] = notes;
        start.Environment["TACHOST_CACHE"] = _directory["cache"];
        using var process = Process.Start(start)!;
        await Until.TrueAsync(() => Notes(notes) is [var first, .., var last] && last.Time - first.Time > 2 * longestDelay, "lines for a while");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        var noted = Notes(notes);
        var due = noted.TakeWhile(note => note.Time < noted[^1].Time - longestDelay).Select(note => note.Number).ToList();
        var logged = File.ReadAllLines(log).Where(line => line.Contains("] line ", StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)).ToList();
        Assert.NotEmpty(due);
        Assert.Equal(due, logged.Take(due.Count));
        Assert.Equal(Enumerable.Range(0, logged.Count), logged);
    }

    private static List<(int Number, long Time)> Notes(string path) =>
        !File.Exists(path)
            ? []
            : [.. File.ReadAllText(path).Split('\n')[..^1].Select(line => line.Split(' ')).Select(words => (int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture)))];
}
