namespace TacHost.Cluster.Tests;

/// <summary>The placement by leases in PostgreSQL: kills of a node, and a server that stops to answer.</summary>
public sealed class PostgresTests
{
    private static readonly string[] _names = ["alpha", "beta", "gamma"];

    [Fact]
    public async Task Leases_LetADeploymentRunOnOneNode_AlsoIfTheServerFreezes()
    {
        await using var server = await SandboxPostgres.StartAsync();
        await using var cluster = await ClusterSandbox.CreateWithPostgresAsync(server, _names);
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await cluster.SpreadAsync();

        await cluster.SucceedAsync("n3", "n1: is empty", "drain", "n1");
        await cluster.SucceedAsync("n3", "n1: can be given deployments", "undrain", "n1");
        await cluster.SucceedAsync("n2", "alpha: running on n2", "move", "alpha", "n2");
        var killed = Environment.TickCount64;
        await cluster.SignalAsync("n2", "KILL");
        await cluster.MovedAsync("alpha", "n2", killed);
        await cluster.SettledAsync("n1", nodes: 2);

        // Nobody can renew, so that nobody may run.
        int[] processes = [cluster.ProcessOf("n1"), cluster.ProcessOf("n3")];
        await server.SignalAsync("STOP");
        foreach (var process in processes)
            await Until.GoneAsync(process);
        await cluster.EndedAsync();
        await server.SignalAsync("CONT");
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n2");
        Assert.Equal(3, cluster.Witness.Check().Count);
    }
}
