using System.Globalization;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary><c>tachost dump</c>: stacks and waits of a daemon, above all of one that hangs.</summary>
public sealed class DumpTests
{
    private const string Hanging = """
        class Hanging : Service
        {
            protected override Task OnStopAsync(CancellationToken cancellationToken) { Block(); return Task.CompletedTask; }
            private void Block() => Thread.Sleep(-1);
        }

        class Waiting : Service
        {
            protected override async Task OnStopAsync(CancellationToken cancellationToken) => await Task.Delay(-1);
        }

        """;

    [Fact]
    public async Task Daemon_WithAServiceThatBlocksInItsStop_ShowsTheMethod()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("hang.csx", Hanging + """
            var application = new Application("hang");
            new Hanging().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("--grace", "600", "hang.csx");
        await sandbox.KillAsync(id);
        await sandbox.LoggedAsync("Received SIGTERM");

        var outcome = await DumpUntilAsync(sandbox, "Block");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"^hang, process \d+: stopping\. Thread pool: \d+ threads, \d+ pending work items\.\n", outcome.Output);
        Assert.Matches(@"\n  hang/Hanging is stopping for \d+\.\d s\n", outcome.Output);
        Assert.Matches(@"\nThread \d+, [^\n]+\n(  [^\n]+\n)*  [^\n]*Hanging\.Block\n  [^\n]*Hanging\.OnStopAsync\n", outcome.Output);
        Assert.True(Until.IsAlive(id));
    }

    [Fact]
    public async Task Daemon_WithAServiceThatAwaitsForever_ShowsTheAsyncMethod()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("wait.csx", Hanging + """
            var application = new Application("wait");
            new Waiting().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("--grace", "600", "wait.csx");
        await sandbox.KillAsync(id);
        await sandbox.LoggedAsync("Received SIGTERM");

        var outcome = await DumpUntilAsync(sandbox, "Waiting.OnStopAsync");

        Assert.Matches(@"\nAsync methods that wait\n(  [^\n]+\n)*  [^\n]*Waiting\.OnStopAsync\n", outcome.Output);
    }

    [Fact]
    public async Task Daemon_WithoutAFreeThreadOfThePool_IsShownAndServesAfterwards()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTacThatBlocksThePool());

        var outcome = await sandbox.TachostAsync("dump", sandbox.PidFile, "--json");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var dump = JsonElement.Parse(outcome.Output);
        Assert.InRange(dump.GetProperty("tree").GetProperty("pendingWorkItems").GetInt64(), 100, 600);
        Assert.Contains(dump.GetProperty("stacks").GetProperty("threads").EnumerateArray(), thread => thread.GetProperty("frames").EnumerateArray().Any(frame => frame.GetString() == "TacHost.Hosting.HostEvents.Wait"));
        Assert.Equal(0, (await sandbox.TachostAsync("status", sandbox.PidFile)).ExitCode);
        await sandbox.LoggedAsync("has asked for a dump of the stacks.");
    }

    [Fact]
    public async Task AnotherUser_GetsNothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become somebody else");
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await sandbox.RunAsync("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", Program.Tachost, "dump", id.ToString(CultureInfo.InvariantCulture));

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
    }

    /// <summary>Dumps until the stop of the service has begun.</summary>
    private static async Task<Outcome> DumpUntilAsync(Sandbox sandbox, string text)
    {
        Outcome outcome = null!;
        for (var i = 0; i < 20; i++)
        {
            outcome = await sandbox.TachostAsync("dump", sandbox.PidFile);
            if (outcome.ExitCode != 0 || outcome.Output.Contains(text, StringComparison.Ordinal))
                return outcome;
        }

        return outcome;
    }
}
