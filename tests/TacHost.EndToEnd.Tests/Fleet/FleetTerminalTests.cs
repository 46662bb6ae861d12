using System.Globalization;
using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>The commands for a fleet that stay on the terminal until Ctrl-C: <c>logs -f</c> and <c>run</c>.</summary>
public sealed class FleetTerminalTests
{
    private const int Lines = 500;
    private const int Interrupted = 130;

    /// <summary>A service that logs many lines at once.</summary>
    private static readonly string _talker = $$"""
        class Talker : Service
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                while (!File.Exists("talk"))
                    await Task.Delay(10, stoppingToken);
                for (var i = 1; i <= {{Lines}}; i++)
                    Console.WriteLine($"line {i}.");
            }
        }
        var application = new Application("talker");
        new Talker().SetServiceParent(application);
        """;

    [Fact]
    public async Task Logs_Followed_ShowARestartANewDeploymentAndEachLineOfARotatedLog()
    {
        await using FleetSandbox fleet = new();
        File.WriteAllText(fleet.PathOf("talker.csx"), _talker);
        fleet.Write("two");
        Assert.Equal(0, (await fleet.TachostAsync("--log-size", "2000", "--log-keep", "0", "emperor", fleet.Directory)).ExitCode);
        var two = fleet.IdOf("two");
        var logs = fleet.Sandbox.Start("fleet", "logs", "-f", "--fleet", fleet.Directory);
        await Until.SaidAsync(logs, Runs(two));

        await fleet.Sandbox.KillAsync(two, "KILL");
        await Until.TrueAsync(() => fleet.ProcessesOf("two") is [var id] && id != two && fleet.LogOf("two").Contains(Runs(id), StringComparison.Ordinal), "the restart");
        Assert.Matches(@"\ntwo +\| .*\n$", await Until.SaidAsync(logs, Runs(fleet.IdOf("two"))));

        fleet.Sandbox.Write("talk", "");
        var said = await Until.SaidAsync(logs, $"line {Lines}.");
        Assert.Equal(Enumerable.Range(1, Lines), Regex.Matches(said, @"^talker +\| .*line (?<number>\d+)\.$", RegexOptions.Multiline).Select(match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)));
        Assert.True(File.Exists(Path.Combine(fleet.RunDirectory, "talker.log.9")));

        fleet.Write("three");
        await fleet.StateAsync("three", "running");
        Assert.Matches(@"(^|\n)three +\| .*\n$", await Until.SaidAsync(logs, Runs(fleet.IdOf("three"))));

        await fleet.Sandbox.KillAsync(logs.Id, "INT");
        await logs.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal((Interrupted, ""), (logs.ExitCode, await logs.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Run_InTheForeground_HasTheOptionsOfTheEmperorAndRunsOnlyOnce()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        Assert.Equal(0, (await fleet.TachostAsync("--log-format", "json", "emperor", fleet.Directory)).ExitCode);
        Assert.Equal(64, (await fleet.FleetAsync("run", "peom")).ExitCode);
        var refused = await fleet.FleetAsync("run", "poem");
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains($"{fleet.IdOf("poem")}", refused.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await fleet.FleetAsync("stop", "poem")).ExitCode);
        var run = fleet.Sandbox.Start("fleet", "run", "poem", "--fleet", fleet.Directory);
        var said = await Until.SaidAsync(run, "is running as process");
        Assert.All(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("{\"timestamp\":", line, StringComparison.Ordinal));
        Assert.Equal(run.Id, fleet.IdOf("poem"));
        var port = int.Parse(Regex.Match(said, @"starting on 127\.0\.0\.1:(?<port>\d+)").Groups["port"].Value, CultureInfo.InvariantCulture);
        Assert.Equal("first\n"u8.ToArray(), await fleet.Sandbox.FetchAsync(port));
        Assert.Equal("off", (await fleet.ListAsync())["poem"].State);
        Assert.Equal(78, (await fleet.FleetAsync("run", "poem")).ExitCode);

        await fleet.Sandbox.KillAsync(run.Id, "INT");
        await run.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal((0, ""), (run.ExitCode, await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
        Assert.False(File.Exists(Path.Combine(fleet.RunDirectory, "poem.pid")));
    }

    private static string Runs(int process) => string.Create(CultureInfo.InvariantCulture, $" is running as process {process},");
}
