namespace TacHost.Cluster.Tests;

/// <summary>Nodes with TLS in networks of their own: cuts in both directions and in one, and a node with a wrong certificate.</summary>
[LongSet]
public sealed class CutsTests
{
    private static readonly string[] _names = ["alpha", "beta", "gamma"];

    [Fact]
    public async Task Cut_EndsTheSmallerSide_BeforeTheOtherTakesOver()
    {
        await using var cluster = await ClusterSandbox.CreateWithNetworkAsync(_names);
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SpreadAsync();

        // A node that the authority has not signed stays alone, or ends as soon as the others refuse it.
        await cluster.TryStartAsync(ClusterSandbox.Stranger, ClusterSandbox.Stranger);

        var process = cluster.ProcessOf("n3");
        var cut = Environment.TickCount64;
        await cluster.Network.CutAsync("n3");
        await cluster.SettledAsync("n1", nodes: 2);
        foreach (var name in _names)
            await cluster.MovedAsync(name, "n3", cut);
        await Until.GoneAsync(process);
        cluster.Witness.Check();

        await cluster.Network.MendAsync("n3");
        await cluster.SettledAsync("n1", restarts: true);
        await cluster.SpreadAsync();

        // Packets from n1 to n3 are lost, the others arrive. Both ends of the broken link must go.
        int[] ends = [cluster.ProcessOf("n1"), cluster.ProcessOf("n3")];
        await cluster.Network.CutOneWayAsync("n1", "n3");
        foreach (var end in ends)
            await Until.GoneAsync(end);
        await cluster.Network.MendOneWayAsync("n1", "n3");
        await cluster.SettledAsync("n2", restarts: true);
        Assert.DoesNotContain("\nn4 ", (await cluster.AskAsync("n2", "nodes")).Text, StringComparison.Ordinal);
        Assert.NotEqual(0, (await cluster.AskAsync(ClusterSandbox.Stranger, "nodes")).ExitCode);
        Assert.Equal(3, cluster.Witness.Check().Count);
    }

    [Fact]
    public async Task FirstSeed_ThatHearsNobody_CreatesNoSecondCluster()
    {
        await using var cluster = await ClusterSandbox.CreateWithNetworkAsync(_names);
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SignalAsync("n1", "KILL");
        await cluster.SettledAsync("n2", nodes: 2);

        await cluster.Network.CutAsync("n1");
        await cluster.StartAsync("n1");
        await Until.FoundAsync(() => cluster.LogOf("n1").Contains("The cluster waits for a majority of its seeds. These do not answer: 10.77.0.2:4053, 10.77.0.3:4053.", StringComparison.Ordinal) ? "" : null, "the node to wait");
        await cluster.Network.MendAsync("n1");
        await cluster.SettledAsync("n1");
        cluster.Witness.Check();
    }
}
