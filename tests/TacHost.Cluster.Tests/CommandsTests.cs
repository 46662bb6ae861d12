using System.Text.Json;

namespace TacHost.Cluster.Tests;

/// <summary>The commands that change a cluster and show what happens in it.</summary>
public sealed class CommandsTests
{
    [Fact]
    public async Task Commands_MoveStopAndShowDeployments_OfAllNodes()
    {
        await using var cluster = await ClusterSandbox.CreateAsync("alpha", "beta", "gamma");
        var (exitCode, text) = await cluster.AskAsync("n1", "ls");
        Assert.Equal(69, exitCode);
        Assert.Contains("tachost cluster --node NAME", text, StringComparison.Ordinal);
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SpreadAsync();

        // A drained node is empty, and stays so.
        await cluster.SucceedAsync("n1", "n2: is empty", "drain", "n2");
        Assert.DoesNotContain(" n2 ", (await cluster.AskAsync("n3", "ls")).Text, StringComparison.Ordinal);
        (exitCode, text) = await cluster.AskAsync("n1", "move", "alpha", "n2");
        Assert.Equal(69, exitCode);
        Assert.Contains("node 'n2' cannot run 'alpha': it is draining.", text, StringComparison.Ordinal);
        await cluster.SucceedAsync("n3", "n2: can be given deployments", "undrain", "n2");

        // An order through any node counts for all.
        await cluster.SucceedAsync("n3", "alpha: running on n2", "move", "alpha", "n2");
        Assert.Matches(@"^127\.0\.0\.2:\d+ n2 \d+\n$", (await cluster.AskAsync("n1", "where", "alpha")).Text);
        await cluster.SucceedAsync("n1", "beta: is off", "stop", "beta");
        await cluster.SettledAsync("n2");
        Assert.Matches(@"(?m)^beta +off", (await cluster.AskAsync("n2", "ls")).Text);
        await cluster.SucceedAsync("n2", "beta: running on n", "start", "beta");

        // The log is read where it is.
        await cluster.SucceedAsync("n1", "alpha is running as process", "logs", "alpha");
        (_, text) = await cluster.AskAsync("n2", "events", "--json");
        using var events = JsonDocument.Parse(text);
        Assert.Contains(events.RootElement.GetProperty("events").EnumerateArray(), each => each.GetProperty("name").GetString() == "beta" && each.GetProperty("text").GetString()!.StartsWith("running on n", StringComparison.Ordinal));

        // The state survives the end of all nodes.
        await cluster.SucceedAsync("n1", "gamma: is off", "stop", "gamma");
        var starts = cluster.Witness.Check()["gamma"];
        foreach (var node in (string[])["n1", "n2", "n3"])
            await cluster.SignalAsync(node, "KILL");
        await cluster.EndedAsync();
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        Assert.Matches(@"(?m)^gamma +off", (await cluster.AskAsync("n1", "ls")).Text);
        Assert.Equal(starts, cluster.Witness.Check()["gamma"]);
    }
}
