namespace TacHost.Cluster.Tests;

/// <summary>What happens to deployments when nodes leave, die or freeze: each runs again elsewhere, and none ever runs twice.</summary>
public sealed class FailuresTests
{
    [Fact]
    public async Task Node_ThatStopsOrIsKilled_HandsItsDeploymentsToTheOthers()
    {
        await using var cluster = await ClusterSandbox.CreateAsync("alpha", "beta", "gamma");
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SpreadAsync();

        var stopped = Environment.TickCount64;
        Assert.Equal(0, (await cluster.TachostAsync("n3", "stop", $"{cluster.ProcessOf("n3")}")).ExitCode);
        await cluster.SettledAsync("n1", nodes: 2);
        foreach (var name in (string[])["alpha", "beta", "gamma"])
            await cluster.MovedAsync(name, "n3", stopped);

        await cluster.StartAsync("n3");
        await cluster.SettledAsync("n1");
        await cluster.SpreadAsync();
        await cluster.SignalAsync("n2", "KILL");
        await cluster.SettledAsync("n1", nodes: 2);
        foreach (var name in (string[])["alpha", "beta", "gamma"])
            await cluster.MovedAsync(name, "n2", Environment.TickCount64);
        var (exitCode, text) = await cluster.AskAsync("n1", "where", "alpha");
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^127\.0\.0\.[13]:\d+ n[13] \d+\n$", text);
        Assert.Equal(3, cluster.Witness.Check().Count);
    }

    [Fact]
    public async Task Node_ThatWakesAfterAFreeze_EndsBeforeItRunsAnythingTwice()
    {
        await using var cluster = await ClusterSandbox.CreateAsync("alpha", "beta", "gamma");
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SpreadAsync();
        var process = cluster.ProcessOf("n2");
        await cluster.SignalAsync("n2", "STOP");
        await cluster.SettledAsync("n1", nodes: 2);
        await cluster.SignalAsync("n2", "CONT");
        await Until.GoneAsync(process);
        foreach (var name in (string[])["alpha", "beta", "gamma"])
            await cluster.MovedAsync(name, "n2", Environment.TickCount64);
        cluster.Witness.Check();
    }

    [Fact]
    public async Task Node_Alone_StartsNothing()
    {
        await using var cluster = await ClusterSandbox.CreateAsync("alpha");
        await cluster.StartAsync("n1");
        var (exitCode, text) = await cluster.AskAsync("n1", "nodes");
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain(" up ", text, StringComparison.Ordinal);
        (exitCode, text) = await cluster.AskAsync("n1", "where", "alpha");
        Assert.NotEqual(0, exitCode);
        Assert.Empty(cluster.Witness.Check());
        await cluster.StartAsync("n2");
        await cluster.SettledAsync("n1", nodes: 2);
        Assert.Single(cluster.Witness.Check());
    }

    [Fact]
    public async Task Node_WithoutAMajority_Ends_AndOthersFormTheClusterAnew()
    {
        await using var cluster = await ClusterSandbox.CreateAsync("alpha", "beta");
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        var last = cluster.ProcessOf("n1");
        await cluster.SignalAsync("n3", "KILL");
        await cluster.SettledAsync("n1", nodes: 2);
        await cluster.SignalAsync("n2", "KILL");
        await Until.GoneAsync(last);
        Assert.Contains("fewer than 2 nodes are left, which is no majority", cluster.LogOf("n1"), StringComparison.Ordinal);

        // The first seed stays away. The first of the others creates the cluster.
        await cluster.StartAsync("n3");
        await cluster.StartAsync("n2");
        await cluster.SettledAsync("n2", nodes: 2);
        await cluster.StartAsync("n1");
        await cluster.SettledAsync("n1");
        cluster.Witness.Check();
    }
}
