using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>A deployment that misbehaves, while its neighbour serves.</summary>
public sealed class NeighbourTests
{
    private const int Fetches = 20;

    [Fact]
    public async Task Deployment_ThatSpins_DoesNotKeepItsNeighbourFromServing()
    {
        await using FleetSandbox fleet = new();
        await StartAsync(fleet, """
            for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
                new Thread(() => { while (true) { } }) { IsBackground = true }.Start();
            """);
        var spinning = fleet.IdOf("bad");

        await ServesAsync(fleet);

        Assert.Equal((spinning, "running"), (fleet.IdOf("bad"), (await fleet.ListAsync())["bad"].State));
        Assert.Equal(0, (await fleet.FleetAsync("stop", "bad")).ExitCode);
    }

    [Fact]
    public async Task Deployment_ThatFillsItsMemory_EndsAloneAndFailsInTheEnd()
    {
        await using FleetSandbox fleet = new();
        await StartAsync(fleet, """
            AppContext.SetData("GCHeapHardLimit", 200_000_000ul);
            GC.RefreshMemoryLimit();
            List<byte[]> all = [];
            while (true)
                all.Add(new byte[1_000_000]);
            """);

        await ServesAsync(fleet, "failed");

        Assert.Contains("OutOfMemoryException", fleet.LogOf("bad"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_ThatFloodsItsLog_KeepsItBoundedAndItsNeighbourServing()
    {
        await using FleetSandbox fleet = new();
        await StartAsync(fleet, """
            while (!File.Exists("enough"))
                Console.WriteLine("a line that says nothing");
            """);

        await ServesAsync(fleet);
        await Until.TrueAsync(() => File.Exists(Path.Combine(fleet.RunDirectory, "bad.log.3")), "a rotation of the flooded log");
        await ServesAsync(fleet);

        fleet.Sandbox.Write("enough", "");
        Assert.Equal((0, "running"), ((await fleet.FleetAsync("status", "good")).ExitCode, (await fleet.ListAsync())["bad"].State));
        var size = Directory.EnumerateFiles(fleet.RunDirectory, "bad.log*").Sum(path => new FileInfo(path).Length);
        Assert.InRange(size, 1, 12_000_000);
        Assert.DoesNotContain("says nothing", fleet.LogOf("good") + fleet.EmperorLog, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_ThatEndsAtOnceAgainAndAgain_FailsAndItsNeighbourServes()
    {
        await using FleetSandbox fleet = new();
        await StartAsync(fleet, "Environment.Exit(3);");

        await ServesAsync(fleet, "failed");

        await Until.TrueAsync(() => fleet.EmperorLog.Contains("'bad' has failed: ", StringComparison.Ordinal), "the failure in the log of the emperor");
    }

    /// <summary>Starts two deployments. The one runs some code on a thread of its own, the other serves a poem.</summary>
    private static async Task StartAsync(FleetSandbox fleet, string code)
    {
        File.WriteAllText(fleet.PathOf("bad.csx"), $$"""
            class Bad : Service
            {
                protected override Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    new Thread(Run) { IsBackground = true }.Start();
                    return Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
                }

                private static void Run()
                {
                    {{code}}
                }
            }
            var application = new Application("bad");
            new Bad().SetServiceParent(application);
            """);
        fleet.Write("good");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
    }

    /// <summary>Fetches the poem of the neighbour some times, and until the other deployment has a state.</summary>
    private static async Task ServesAsync(FleetSandbox fleet, string state = "running")
    {
        var good = fleet.IdOf("good");
        using CancellationTokenSource limit = new(Bounded.Patience);
        var isThere = false;
        for (var i = 0; i < Fetches || !isThere; i++)
        {
            limit.Token.ThrowIfCancellationRequested();
            Assert.Equal("first\n", await fleet.SaysAsync("good").Soon());
            isThere = isThere || (await fleet.ListAsync())["bad"].State == state;
        }

        Assert.Equal((good, 1), (fleet.IdOf("good"), Regex.Count(fleet.LogOf("good"), " is running as process ")));
    }
}
