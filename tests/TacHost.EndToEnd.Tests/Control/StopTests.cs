using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary>The commands <c>stop</c>, <c>start</c> and <c>restart</c>, of everything and of one service.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_OfADaemon_ReturnsWhenItIsGone()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await sandbox.TachostAsync("stop", "tachost.pid");

        Assert.Equal((0, $"fastpoetry (process {id}) has stopped.\n", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        Assert.False(Until.IsAlive(id));
        Assert.False(File.Exists(sandbox.PidFile));
        Assert.Matches(@"User \S+ \(process \d+\) has asked for a stop, shutting down\.\n(.*\n)*.*Server Shut Down\.\n$", sandbox.Log);
        Assert.Equal(69, (await sandbox.TachostAsync("stop", Text(id))).ExitCode);
    }

    [Fact]
    public async Task Stop_OfTheForeground_EndsItWithZero()
    {
        await using var sandbox = new Sandbox();
        using var process = sandbox.Start("-n", "--exit-with-signal", sandbox.UseSharedTac());
        await Until.SaidAsync(process, "is running");

        Assert.Equal(0, (await sandbox.TachostAsync("stop", Text(process.Id))).ExitCode);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Stop_OfAServiceThatDoesNotStop_TellsTheExitCode()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("stuck.csx", """
            class Stuck : Service
            {
                protected override Task OnStopAsync(CancellationToken cancellationToken) => Task.Delay(-1);
            }
            var application = new Application("stuck");
            new Stuck().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("--grace", "0.1", "stuck.csx");

        var outcome = await sandbox.TachostAsync("stop", Text(id));

        Assert.Equal((70, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"stuck (process {id}) has ended with the exit code 75. See '{sandbox.PathOf("tachost.log")}'.", outcome.Error, StringComparison.Ordinal);
        Assert.False(Until.IsAlive(id));
    }

    [Fact]
    public async Task Stop_OfAProcessThatIsKilledMeanwhile_SaysSo()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("stuck.csx", """
            class Stuck : Service
            {
                protected override Task OnStopAsync(CancellationToken cancellationToken)
                {
                    File.WriteAllText("stopping", "");
                    return Task.Delay(-1);
                }
            }
            var application = new Application("stuck");
            new Stuck().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("stuck.csx");
        var stopping = sandbox.TachostAsync("stop", Text(id));
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("stopping")), "the stop");
        Assert.Contains("stuck: stopping since", (await sandbox.TachostAsync("status", Text(id))).Output, StringComparison.Ordinal);

        await sandbox.KillAsync(id, "KILL");

        var outcome = await stopping;
        Assert.Equal((70, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("has ended without reporting an exit code", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_StoppedStartedAndRestarted_IsReachableOrNot()
    {
        await using var sandbox = new Sandbox();
        var id = Text(await sandbox.StartDaemonAsync(sandbox.WriteTac()));
        var port = sandbox.Port();

        Assert.Equal(0, (await sandbox.TachostAsync("stop", id, "TcpServer")).ExitCode);
        await Assert.ThrowsAsync<SocketException>(() => sandbox.FetchAsync(port));
        Assert.Contains("stopped", (await sandbox.TachostAsync("tree", id)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await sandbox.TachostAsync("start", id, "fastpoetry/TcpServer")).ExitCode);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(await PortNowAsync(sandbox, id))));
        var again = await sandbox.TachostAsync("start", id, "TcpServer");
        Assert.Equal(0, (await sandbox.TachostAsync("restart", id, "TcpServer")).ExitCode);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(await PortNowAsync(sandbox, id))));

        Assert.Equal(64, again.ExitCode);
        Assert.Contains("'fastpoetry/TcpServer' runs already", again.Error, StringComparison.Ordinal);
        await Until.TrueAsync(() => Regex.IsMatch(sandbox.Log, @"User \S+ \(process \d+\) has asked to restart the service 'fastpoetry/TcpServer'"), "the line about who has asked");
    }

    [Theory]
    [InlineData("TcpServe", 64, "Did you mean 'TcpServer'?")]
    [InlineData("fastpoetry", 64, "is the whole application")]
    public async Task Service_ThatIsNotThere_IsNamedWithTheNearest(string path, int exitCode, string said)
    {
        await using var sandbox = new Sandbox();
        var id = Text(await sandbox.StartDaemonAsync(sandbox.UseSharedTac()));

        var outcome = await sandbox.TachostAsync("stop", id, path);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await sandbox.TachostAsync("status", id)).ExitCode);
    }

    [Fact]
    public async Task Service_ThatCannotStartAgain_IsFailedAndTheOthersServe()
    {
        await using var sandbox = new Sandbox();
        var id = Text(await sandbox.StartDaemonAsync(sandbox.WriteTac()));
        File.Delete(sandbox.PathOf("poem.txt"));

        var outcome = await sandbox.TachostAsync("restart", id, "PoetryService");

        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains("the service 'fastpoetry/PoetryService' did not start", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("poem.txt", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(70, (await sandbox.TachostAsync("status", id)).ExitCode);
        sandbox.Write("poem.txt", Sandbox.Poem);
        Assert.Equal(0, (await sandbox.TachostAsync("start", id, "PoetryService")).ExitCode);
        Assert.Equal(0, (await sandbox.TachostAsync("status", id)).ExitCode);
    }

    [Fact]
    public async Task Restart_OfADaemon_StartsItAsItWasStarted()
    {
        await using var sandbox = new Sandbox();
        sandbox.Environment["VERSE"] = "from the environment";
        var before = await sandbox.StartDaemonAsync("--log-level", "debug", sandbox.WriteTac(extra: "Console.WriteLine($\"verse {System.Environment.GetEnvironmentVariable(\"VERSE\")}, handover {System.Environment.GetEnvironmentVariable(\"TACHOST_HANDOVER\")}.\");"));
        sandbox.Environment["VERSE"] = "of another shell";
        Directory.CreateDirectory(sandbox.PathOf("elsewhere"));

        var outcome = await sandbox.RunAsync("sh", "-c", $"cd elsewhere && exec {Program.Tachost} restart ../tachost.pid");

        Assert.Equal((0, "", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        Assert.NotEqual(before, sandbox.DaemonId);
        Assert.False(Until.IsAlive(before));
        Assert.Equal(2, Regex.Count(sandbox.Log, @"verse from the environment, handover \.\n"));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port(listener: 1))));
        Assert.Equal("--log-level debug poem.csx", string.Join(' ', (await File.ReadAllTextAsync($"/proc/{sandbox.DaemonId}/cmdline", TestContext.Current.CancellationToken)).Split('\0')[1..^1]));
    }

    [Fact]
    public async Task Restart_OfADaemonWhoseTacIsBrokenNow_StopsNothing()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("poem.csx", "var application = ;");

        var outcome = await sandbox.TachostAsync("restart", Text(id));

        Assert.Equal(65, outcome.ExitCode);
        Assert.Contains("poem.csx(1,19)", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"fastpoetry (process {id}) keeps running", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Restart_OfTheForeground_IsRefused()
    {
        await using var sandbox = new Sandbox();
        using var process = sandbox.Start("-n", sandbox.UseSharedTac());
        await Until.SaidAsync(process, "is running");

        var outcome = await sandbox.TachostAsync("restart", Text(process.Id));

        Assert.Equal(64, outcome.ExitCode);
        Assert.Contains("runs in the foreground", outcome.Error, StringComparison.Ordinal);
        Assert.True(Until.IsAlive(process.Id));
    }

    private static async Task<int> PortNowAsync(Sandbox sandbox, string id) =>
        int.Parse(Regex.Match((await sandbox.TachostAsync("tree", id)).Output, @"listens on 127\.0\.0\.1:(?<port>\d+)").Groups["port"].Value, CultureInfo.InvariantCulture);

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
}
