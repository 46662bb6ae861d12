using System.Globalization;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary>The commands <c>logs</c> and <c>level</c>.</summary>
public sealed class LogsTests
{
    /// <summary>Logs a line of each level when a file appears.</summary>
    private const string Talker = """
        class Talker : Service
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                for (var i = 1; ; i++)
                {
                    while (!File.Exists($"say-{i}"))
                        await Task.Delay(10, stoppingToken);
                    Logger.LogDebug("debug {Number}", i);
                    Logger.LogInformation("info {Number}", i);
                    Logger.LogWarning("warn {Number}", i);
                    File.WriteAllText($"said-{i}", "");
                }
            }
        }
        var application = new Application("talking");
        application.AddService(new Talker(), "first");
        application.AddService(new Talker(), "second");
        """;

    [Fact]
    public async Task Logs_OfADaemon_AreTheLastLinesByLevelServiceAndNumber()
    {
        await using var sandbox = new Sandbox();
        var id = await StartAsync(sandbox);
        await SayAsync(sandbox, 1);

        // Two services log at once, and what is remembered may have them in another order than the file.
        Assert.Equal(sandbox.Log.Split('\n').Order(StringComparer.Ordinal), (await sandbox.TachostAsync("logs", id)).Output.Split('\n').Order(StringComparer.Ordinal));
        var warnings = (await sandbox.TachostAsync("logs", id, "--level", "warn")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(warnings, line => Assert.Contains("#warn] warn 1", line, StringComparison.Ordinal));
        Assert.Equal(2, warnings.Length);
        Assert.Matches(@"^\S+ \[talking/first\] info 1\n\S+ \[talking/first#warn\] warn 1\n$", (await sandbox.TachostAsync("logs", id, "--service", "first")).Output);
        Assert.Matches(@"^\S+ \[talking/second#warn\] warn 1\n$", (await sandbox.TachostAsync("logs", id, "--service", "talking/second", "-n", "1")).Output);
        var json = JsonElement.Parse((await sandbox.TachostAsync("logs", id, "-n1", "--level", "warn", "--json")).Output);
        Assert.Equal("warn", json.GetProperty("level").GetString());
        Assert.EndsWith("warn 1", json.GetProperty("line").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_AfterANumber_AreTheLinesBehindIt()
    {
        await using var sandbox = new Sandbox();
        var id = await StartAsync(sandbox);
        await SayAsync(sandbox, 1);
        using ControlSocket socket = new(int.Parse(id, CultureInfo.InvariantCulture));
        var all = await NumbersAsync(socket, 0);
        Assert.Equal(all[^2..], await NumbersAsync(socket, all[^3]));
        Assert.Empty(await NumbersAsync(socket, all[^1]));
    }

    [Fact]
    public async Task Logs_Followed_AreShownAsTheyComeUntilTheEnd()
    {
        await using var sandbox = new Sandbox();
        var id = await StartAsync(sandbox);
        using var following = sandbox.Start("logs", "-f", "-n", "0", "--service", "first", id);
        await SayAsync(sandbox, 1);
        var one = await Until.SaidAsync(following, "warn 1");
        await SayAsync(sandbox, 2);
        var two = await Until.SaidAsync(following, "warn 2");

        Assert.DoesNotContain("second", one + two, StringComparison.Ordinal);
        Assert.Contains("info 2", two, StringComparison.Ordinal);
        Assert.Equal(0, (await sandbox.TachostAsync("stop", id)).ExitCode);
        await following.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, following.ExitCode);
    }

    [Fact]
    public async Task Logs_OfAFollowerThatDoesNotRead_HoldUpNobody()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("flood.csx", """
            class Flood : Service
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    for (var i = 0; !stoppingToken.IsCancellationRequested; i++)
                    {
                        Logger.LogInformation("{Number} {Text}", i, new string('x', 1000));
                        if (i % 100 == 0)
                            await Task.Delay(1);
                    }
                }
            }
            var application = new Application("flood");
            new Flood().SetServiceParent(application);
            """);
        var id = int.Parse(Text(await sandbox.StartDaemonAsync("--log-keep", "1", "flood.csx")), CultureInfo.InvariantCulture);
        using ControlSocket deaf = new(id);
        await deaf.SendAsync(ControlSocket.Request("logs", """{"follow":true}"""));

        // The 16 clients that a process serves would not do if one that is cut off stayed.
        await Until.TrueAsync(() => !Directory.EnumerateDirectories($"/proc/{id}/task").Any(IsClient), "the end of the one that does not read");
        Assert.Equal(0, (await sandbox.TachostAsync("stop", Text(id))).ExitCode);

        static bool IsClient(string task)
        {
            try
            {
                return File.ReadAllText($"{task}/comm").StartsWith("control client", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Logs_OfMoreThanTheProcessRemembers_ComeFromItsFiles()
    {
        await using var sandbox = new Sandbox();
        var id = await StartAsync(sandbox);
        await SayAsync(sandbox, 1);
        Assert.Equal(0, (await sandbox.TachostAsync("stop", id)).ExitCode);
        File.Move(sandbox.PathOf("tachost.log"), sandbox.PathOf("tachost.log.1"));
        var old = await File.ReadAllTextAsync(sandbox.PathOf("tachost.log.1"), TestContext.Current.CancellationToken);
        id = await StartAsync(sandbox);

        var lines = (await sandbox.TachostAsync("logs", id, "-n", "1000")).Output;

        Assert.Equal(old + sandbox.Log, lines);
        var few = sandbox.Log.Split('\n').Length - 1 + 2;
        Assert.Equal(string.Join('\n', lines.Split('\n')[^(few + 1)..]), (await sandbox.TachostAsync("logs", id, "-n", Text(few))).Output);
    }

    [Fact]
    public async Task Logs_OfTheForeground_AreThere()
    {
        await using var sandbox = new Sandbox();
        using var process = sandbox.Start("-n", sandbox.UseSharedTac());
        var said = await Until.SaidAsync(process, "is running");

        Assert.Equal(said, (await sandbox.TachostAsync("logs", Text(process.Id))).Output);
    }

    [Fact]
    public async Task Level_OfACategory_ChangesWhatItLogsAndBack()
    {
        await using var sandbox = new Sandbox();
        var id = await StartAsync(sandbox);

        var changed = await sandbox.TachostAsync("level", "--who", id, "talking/first", "debug");
        await SayAsync(sandbox, 1);
        await sandbox.TachostAsync("level", "--who", id, "talking/first", "default");
        await sandbox.TachostAsync("level", "--who", id, "warn");
        await SayAsync(sandbox, 2);
        var shown = await sandbox.TachostAsync("level", "--who", id, "--json");

        Assert.Equal((0, "LEVEL  CATEGORY\ninfo   (all others)\ndebug  talking/first\n", ""), (changed.ExitCode, changed.Output, changed.Error));
        Assert.Equal("warn", JsonElement.Parse(shown.Output).GetProperty("default").GetString());
        Assert.Contains("[talking/first#debug] debug 1", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("[talking/second#debug]", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("[talking/second] info 1", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("info 2", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("[talking/first#warn] warn 2", sandbox.Log, StringComparison.Ordinal);
        Assert.Matches(@"User \S+ \(process \d+\) has set the level of talking/first to debug\.", sandbox.Log);
        Assert.Equal(64, (await sandbox.TachostAsync("level", "talking/first", "loud")).ExitCode);
    }

    private static async Task<List<long>> NumbersAsync(ControlSocket socket, long after)
    {
        await socket.SendAsync(ControlSocket.Request("logs", $$"""{"after":{{after}}}"""));
        List<long> numbers = [];
        while (await socket.LineAsync() is { } line && JsonElement.Parse(line).TryGetProperty("params", out var report))
            numbers.Add(report.GetProperty("number").GetInt64());
        return numbers;
    }

    private static async Task<string> StartAsync(Sandbox sandbox)
    {
        sandbox.Write("talking.csx", Talker);
        return Text(await sandbox.StartDaemonAsync("talking.csx"));
    }

    private static async Task SayAsync(Sandbox sandbox, int number)
    {
        var before = sandbox.Log;
        sandbox.Write($"say-{number}", "");
        await Until.TrueAsync(() => sandbox.Log[before.Length..].Split('\n').Count(line => line.EndsWith($"warn {number}", StringComparison.Ordinal)) == 2, $"what is said at {number}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
