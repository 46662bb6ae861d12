using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>Reloads of every kind while clients fetch poems: no connection is refused, reset or cut, and each poem is whole and of a tac that was in force.</summary>
[Collection<AloneCollection>]
public sealed class LoadTests
{
    private const string Ended = "Reloaded";
    private const string Failed = "The reload failed";

    [Fact]
    public Task Reloads_WithClients_LoseNoConnection() => RunAsync(clients: 6, reloads: 20, hangs: false);

    [Fact]
    [LongSet]
    public Task Reloads_WithManyClients_LoseNoConnection() => RunAsync(clients: 64, reloads: 200, hangs: true);

    private static async Task RunAsync(int clients, int reloads, bool hangs)
    {
        await using var sandbox = new Sandbox();
        HashSet<string> poems = [PoemOf(0)];
        sandbox.Write("poem.txt", PoemOf(0));
        var id = await sandbox.StartDaemonAsync("--start-timeout", "3", sandbox.Write("poem.csx", Tac(0, 0, isExtended: true)));
        var port = sandbox.Port();
        var kept = sandbox.Port(1);

        // A connection of a service that stays through all of it: it is read at the end.
        using Socket lasting = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await lasting.ConnectAsync(new IPEndPoint(IPAddress.Loopback, kept), TestContext.Current.CancellationToken);

        using CancellationTokenSource over = new();
        ConcurrentDictionary<string, int> wrong = new();
        var fetched = 0;
        Task[] fetching = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => FetchAllAsync(i)))];
        var (poem, factory) = (0, 0);
        var (done, failed) = (0, 0);
        for (var i = 0; i < reloads; i++)
        {
            var isExtended = i % 4 != 3;
            switch (i % (hangs ? 7 : 6))
            {
                case 0: // nothing changed
                    break;
                case 1: // the poem
                    lock (poems)
                        poems.Add(PoemOf(++poem));
                    await File.WriteAllTextAsync(sandbox.PathOf("new"), PoemOf(poem));
                    File.Move(sandbox.PathOf("new"), sandbox.PathOf("poem.txt"), overwrite: true);
                    break;
                case 2: // the factory
                    sandbox.Write("poem.csx", Tac(poem, ++factory, isExtended));
                    break;
                case 3: // a service added or removed
                    sandbox.Write("poem.csx", Tac(poem, factory, isExtended));
                    break;
                case 4: // a tac that is broken
                    sandbox.Write("poem.csx", "var application = ;");
                    failed++;
                    break;
                case 5: // a service that does not start
                    sandbox.Write("poem.csx", Tac(poem, factory + 100, isExtended) + "\nnew TcpServer(0, new PoetryFactory(poetry), \"192.0.2.1\").SetServiceParent(application);\n");
                    failed++;
                    break;
                default: // a top level that hangs
                    sandbox.Write("poem.csx", "Thread.Sleep(-1);\n" + Tac(poem, factory, isExtended));
                    failed++;
                    break;
            }

            await sandbox.KillAsync(id, "HUP");
            await Until.TrueAsync(() => sandbox.Log.Split(Ended).Length + sandbox.Log.Split(Failed).Length - 2 > i, $"the end of reload {i}");
            if (i % (hangs ? 7 : 6) >= 4)
                sandbox.Write("poem.csx", Tac(poem, factory, isExtended));
            else
                done++;
        }

        await over.CancelAsync();
        await Task.WhenAll(fetching);
        Assert.Empty(wrong);
        Assert.True(fetched > reloads, $"only {fetched} poems were fetched");
        Assert.Equal((done, failed), (sandbox.Log.Split(Ended).Length - 1, sandbox.Log.Split(Failed).Length - 1));
        Assert.Equal(PoemOf(poem), Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        await lasting.SendAsync("ping"u8.ToArray(), TestContext.Current.CancellationToken);
        var answer = new byte[4];
        Assert.Equal(4, await lasting.ReceiveAsync(answer, TestContext.Current.CancellationToken));
        Assert.Equal("ping", Encoding.ASCII.GetString(answer));
        TestContext.Current.SendDiagnosticMessage($"{fetched} poems over {done} reloads and {failed} that failed");

        async Task FetchAllAsync(int client)
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    var text = client % 4 == 3 ? await FetchUnixAsync(sandbox.PathOf("poem.sock")) : Encoding.UTF8.GetString(await sandbox.FetchAsync(port));
                    Interlocked.Increment(ref fetched);
                    bool isKnown;
                    lock (poems)
                        isKnown = poems.Contains(text);
                    if (!isKnown)
                        wrong.AddOrUpdate($"{text.Length} bytes: {text[..Math.Min(40, text.Length)]}", 1, (_, count) => count + 1);
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    wrong.AddOrUpdate($"{(client % 4 == 3 ? "unix" : "tcp")}: {e.Message}", 1, (_, count) => count + 1);
                }
            }
        }
    }

    private static async Task<string> FetchUnixAsync(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket));
    }

    private static string PoemOf(int number) => string.Concat(Enumerable.Repeat($"line of poem {number}\n", 300));

    /// <summary>A tac with a poem by TCP and by a UNIX socket, whose factory is its own, an echo that never changes, and a service that comes and goes.</summary>
    private static string Tac(int poem, int factory, bool isExtended) => $$"""
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        // poem {{poem}}
        class Poem(PoetryService poetry) : Protocol { protected override void ConnectionMade() { Transport.Write(poetry.Poem); Transport.LoseConnection(); } }
        class Own(PoetryService poetry) : ServerFactory { public int Number => {{factory}}; protected override Protocol BuildProtocol(EndPoint peer) => new Poem(poetry); }
        class Echo : Protocol { protected override void DataReceived(ReadOnlySpan<byte> data) => Transport.Write(data.ToArray()); }
        class EchoFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Echo(); }
        var application = new Application("fastpoetry");
        var poetry = new PoetryService("poem.txt");
        poetry.SetServiceParent(application);
        var tcp = new TcpServer(0, new Own(poetry), "127.0.0.1");
        tcp.SetName("tcp");
        tcp.SetServiceParent(application);
        var echo = new TcpServer(0, new EchoFactory(), "127.0.0.1");
        echo.SetName("echo");
        echo.SetServiceParent(application);
        new UnixServer("poem.sock", new Own(poetry)).SetServiceParent(application);
        {{(isExtended ? "new TcpServer(0, new PoetryFactory(poetry), \"127.0.0.1\").SetServiceParent(application);" : "")}}
        """;
}
