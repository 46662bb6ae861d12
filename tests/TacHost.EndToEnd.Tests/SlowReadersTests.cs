using System.Globalization;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>A long poem, and clients that take it slowly or not at all: they cost next to nothing, and nobody else notices.</summary>
public sealed class SlowReadersTests
{
    private const int Clients = 50;
    private const int PoemLength = 200_000_000;
    private const long MostForEach = 64 * 1024;

    private const string Tac = """
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        var application = new Application("poems");
        var shortPoem = new PoetryService("poem.txt");
        shortPoem.SetServiceParent(application);
        new TcpServer(0, new PoetryFactory(shortPoem), "127.0.0.1").SetServiceParent(application);
        var longPoem = new PoetryService("long.txt");
        longPoem.SetServiceParent(application);
        new TcpServer(0, new PoetryFactory(longPoem), "127.0.0.1").SetServiceParent(application);
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LongPoem_ClientsThatReadSlowlyOrNever_CostLittleAndDisturbNobody()
    {
        await using var sandbox = new Sandbox();
        using (var file = File.Create(sandbox.PathOf("long.txt")))
            file.SetLength(PoemLength);
        var id = await sandbox.StartDaemonAsync("--grace", "3", sandbox.Write("poems.csx", Tac));
        var (shortPort, longPort) = (sandbox.Port(0), sandbox.Port(1));

        // What is compiled on the way is not the connections' doing.
        using (OpenSockets first = new())
            await ReadSlowlyAsync(await first.ConnectAsync(longPort, 5));
        long before;
        var rounds = 0;
        do
        {
            before = Memory();
            await ServesTheOthersAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(200), Token);
        }
        while (Memory() - before > MostForEach && ++rounds < 20);

        using OpenSockets slow = new(), never = new();
        await slow.ConnectAsync(longPort, Clients);
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(slow.All.Select(ReadSlowlyAsync));
            await Task.Delay(TimeSpan.FromSeconds(1), Token);
        }

        await ServesTheOthersAsync();
        Assert.InRange(Memory() - before, long.MinValue, Clients * MostForEach);

        await never.ConnectAsync(longPort, Clients);
        await ServesTheOthersAsync();
        await Until.TrueAsync(() => sandbox.Log.Split('\n').Count(line => line.Contains($"sending {PoemLength} bytes", StringComparison.Ordinal)) == (2 * Clients) + 5, "the last of the clients");
        Assert.InRange(Memory() - before, long.MinValue, 2 * Clients * MostForEach);

        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Contains($"Aborted {2 * Clients} connection(s) on 127.0.0.1:{longPort} after the grace period.", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);

        long Memory() => 1024 * long.Parse(Proc.Status(id, "VmRSS").Split(' ')[0], CultureInfo.InvariantCulture);

        async Task ServesTheOthersAsync()
        {
            for (var i = 0; i < 100; i++)
                Assert.Equal(Encoding.UTF8.GetBytes(Sandbox.Poem), await sandbox.FetchAsync(shortPort));
        }
    }

    /// <summary>Ten kilobytes, of which there is one second's worth.</summary>
    private static async Task ReadSlowlyAsync(System.Net.Sockets.Socket socket)
    {
        var left = new byte[10_000].AsMemory();
        while (!left.IsEmpty)
            left = left[await socket.ReceiveAsync(left, Token).AsTask().WaitAsync(Bounded.Patience, Token)..];
    }
}
