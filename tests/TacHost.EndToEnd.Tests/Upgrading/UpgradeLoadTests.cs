using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Upgrading;

/// <summary>Upgrades while clients fetch poems: no connection is refused, reset or cut.</summary>
[Collection<AloneCollection>]
public sealed class UpgradeLoadTests
{
    private static readonly string _poem = string.Concat(Enumerable.Repeat("a line of the poem\n", 300));

    [Fact]
    public Task Upgrades_WithClients_LoseNoConnection() => RunAsync(clients: 8, upgrades: 3);

    [Fact]
    [LongSet]
    public Task Upgrades_WithManyClients_LoseNoConnection() => RunAsync(clients: 64, upgrades: 20);

    private static async Task RunAsync(int clients, int upgrades)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.txt", _poem);
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac(extra: "", name: "poem.csx"));
        var port = sandbox.Port();
        using CancellationTokenSource over = new();
        ConcurrentDictionary<string, int> wrong = new();
        var fetched = 0;
        Task[] fetching = [.. Enumerable.Range(0, clients).Select(_ => Task.Run(FetchAllAsync))];
        for (var i = 0; i < upgrades; i++)
        {
            var before = Volatile.Read(ref fetched);
            var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            await Until.GoneAsync(id);
            id = sandbox.DaemonId;
            await Until.TrueAsync(() => Volatile.Read(ref fetched) > before + clients, "poems of the new process");
        }

        await over.CancelAsync();
        await Task.WhenAll(fetching);
        Assert.Empty(wrong);
        Assert.Equal([id], sandbox.Daemons());
        TestContext.Current.SendDiagnosticMessage($"{fetched} poems over {upgrades} upgrades");

        async Task FetchAllAsync()
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                    var text = Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket));
                    Interlocked.Increment(ref fetched);
                    if (text != _poem)
                        wrong.AddOrUpdate($"{text.Length} bytes", 1, (_, count) => count + 1);
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    wrong.AddOrUpdate(e.Message, 1, (_, count) => count + 1);
                }
            }
        }
    }
}
