namespace TacHost.Cluster.Tests;

/// <summary>The desired set: what <c>plan</c> and <c>apply</c> accept and refuse, rollouts, and content that differs between nodes.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task Apply_ChangesRunningDeployments_OneAfterAnother_AndRevertsAFailure()
    {
        await using var cluster = await ClusterSandbox.CreateAsync(hasOneDirectory: false, "alpha", "beta");
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SucceedAsync("n1", "~ alpha: its content is agreed on for the first time", "apply", cluster.TacsOf("n1"));
        await cluster.SettledAsync("n2");
        Assert.Equal(0, (await cluster.AskAsync("n3", "plan", cluster.TacsOf("n3"))).ExitCode);

        // A node with other content is named, and nothing changes.
        await cluster.AppendAsync("n2", "alpha", "// drift");
        await cluster.ShowsAsync("n1", "n2 has other content", "ls");
        var (exitCode, text) = await cluster.AskAsync("n2", "apply", cluster.TacsOf("n2"));
        Assert.Equal(69, exitCode);
        Assert.Contains("node 'n1' cannot run it: it has other content", text, StringComparison.Ordinal);

        // A change of all nodes is a reload in place: the same node, the same epoch.
        var (_, before) = await cluster.AskAsync("n1", "where", "alpha");
        foreach (var node in (string[])["n1", "n3"])
            await cluster.AppendAsync(node, "alpha", "// drift");
        await cluster.SucceedAsync("n1", "alpha: runs on n", "apply", cluster.TacsOf("n1"));
        Assert.Equal(before, (await cluster.AskAsync("n1", "where", "alpha")).Text);

        // The first that does not come up ends the rollout, and is put back.
        foreach (var node in (string[])["n1", "n2", "n3"])
        {
            await cluster.AppendAsync(node, "alpha", "// next");
            await cluster.AppendAsync(node, "beta", "throw new InvalidOperationException(\"not today\");");
        }

        (exitCode, text) = await cluster.AskAsync("n1", "apply", cluster.TacsOf("n1"), "--auto-revert");
        Assert.Equal(69, exitCode);
        Assert.Contains("not today", text, StringComparison.Ordinal);
        Assert.Contains("alpha: reverted: runs on n", text, StringComparison.Ordinal);
        Assert.Contains("beta: reverted: runs on n", text, StringComparison.Ordinal);
        await cluster.SettledAsync("n1");

        // A constraint that no node meets is refused, one that a node meets moves the deployment there.
        await cluster.WriteSettingsAsync("n1", """{ "alpha": { "constraints": ["role=gpu"] } }""");
        (exitCode, text) = await cluster.AskAsync("n1", "plan", cluster.TacsOf("n1"));
        Assert.Equal(2, exitCode);
        Assert.Contains("! alpha: no node that is up meets its constraints: role=gpu", text, StringComparison.Ordinal);

        // A second node with a name of the cluster ends by itself, perhaps before its start is reported, and takes nothing over.
        await cluster.TryStartAsync("n1", at: "n4");
        await Until.FoundAsync(() => cluster.HasEnded("n4") ? "" : null, "the end of the second node n1");
        await cluster.SettledAsync("n1");
        cluster.Witness.Check();
    }
}
