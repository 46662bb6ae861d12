using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>Reloads of every kind and upgrades while clients fetch poems: no connection is refused, reset or cut, and each poem is whole and of a tac that was in force.</summary>
[Collection<AloneCollection>]
public sealed class LoadTests
{
    private const string Ended = "Reloaded";
    private const string Failed = "The reload failed";

    [Fact]
    public Task ReloadsAndUpgrades_WithClients_LoseNoConnection() => RunAsync(clients: 8, reloads: 18, reloadsForAnUpgrade: 6);

    [Fact]
    [LongSet]
    public Task ReloadsAndUpgrades_WithManyClients_LoseNoConnection() => RunAsync(clients: 64, reloads: 200, reloadsForAnUpgrade: 10, reloadsForAHang: 25);

    private static async Task RunAsync(int clients, int reloads, int reloadsForAnUpgrade, int reloadsForAHang = int.MaxValue)
    {
        await using var sandbox = new Sandbox();
        EditedPoem edited = new(sandbox);
        var id = await sandbox.StartDaemonAsync("--start-timeout", "10", "--grace", "60", "poem.csx");
        await using PoemClients load = new(sandbox, sandbox.Port());
        edited.Added += load.Know;
        load.Know(edited.Poem);
        load.Start(clients);
        var kept = sandbox.Port(1);
        var lasting = await ConnectAsync(kept);
        var (done, failed) = (0, 0);
        for (var i = 0; i < reloads; i++)
        {
            var fails = edited.Edit(i, hangs: i % reloadsForAHang == reloadsForAHang - 1);
            await sandbox.KillAsync(id, "HUP");
            await Until.TrueAsync(() => sandbox.Log.Split(Ended).Length + sandbox.Log.Split(Failed).Length - 2 > i, $"the end of reload {i}");
            (done, failed) = fails ? (done, failed + 1) : (done + 1, failed);
            edited.Mend();
            if (i % reloadsForAnUpgrade != reloadsForAnUpgrade - 1)
                continue;

            // A connection of a service that stayed through all reloads is served by the old process to its end.
            await AssertEchoesAsync(lasting);
            var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            await AssertEchoesAsync(lasting);
            lasting.Dispose();
            await Until.GoneAsync(id);
            id = sandbox.DaemonId;
            lasting = await ConnectAsync(kept);
            await load.NextAsync();
        }

        await AssertEchoesAsync(lasting);
        lasting.Dispose();
        Assert.Empty(await load.EndAsync());
        Assert.True(load.Fetched > reloads, $"only {load.Fetched} poems were fetched");
        Assert.Equal((done, failed), (sandbox.Log.Split(Ended).Length - 1, sandbox.Log.Split(Failed).Length - 1));
        Assert.Equal(edited.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        Assert.Equal([id], sandbox.Daemons());
        TestContext.Current.SendDiagnosticMessage($"{load.Fetched} poems over {done} reloads, {failed} that failed and {reloads / reloadsForAnUpgrade} upgrades");
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        await AssertEchoesAsync(socket);
        return socket;
    }

    private static async Task AssertEchoesAsync(Socket socket)
    {
        await socket.SendAsync("ping"u8.ToArray(), TestContext.Current.CancellationToken);
        var answer = new byte[4];
        Assert.Equal(4, await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.Equal("ping", Encoding.ASCII.GetString(answer));
    }
}
