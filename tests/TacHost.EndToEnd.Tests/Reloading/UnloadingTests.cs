using System.Globalization;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>The code of past reloads leaves the memory, and what runs never loses its own.</summary>
public sealed class UnloadingTests
{
    /// <summary>A service that stays and answers how many compilations of the tac that came with reloads are loaded, and services that each reload replaces.</summary>
    private const string Tac = """
        class Count : Protocol
        {
            protected override void ConnectionMade()
            {
                for (var i = 0; i < 3; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); }
                Transport.Write(Encoding.UTF8.GetBytes($"{AppDomain.CurrentDomain.GetAssemblies().Count(a => a.IsCollectible && a.GetName().Name == "tac")}"));
                Transport.LoseConnection();
            }
        }
        class CountFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Count(); }
        class Mine(int number) : Service { protected override async Task ExecuteAsync(CancellationToken c) { using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(number)); while (await timer.WaitForNextTickAsync(c)) { } } }
        class Greeting(int number) : Protocol { protected override void ConnectionMade() { Transport.Write(Encoding.UTF8.GetBytes($"{number}")); Transport.LoseConnection(); } }
        class GreetingFactory(int number) : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Greeting(number); }
        var application = new Application("a");
        new TcpServer(0, new CountFactory(), "127.0.0.1").SetServiceParent(application);

        """;

    [Fact]
    public async Task Reloads_OfClassesOfTheTac_LeaveNoContextOfThePast()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.Write("poem.csx", Tac));
        Assert.Equal(0, await CompilationsAsync(sandbox));
        for (var i = 1; i <= 6; i++)
        {
            // The server of the poem comes with the first reload, beside a greeting that the second one replaces, and stays with its library.
            sandbox.Write("poem.csx", Extended(i));
            Assert.Contains(i == 1 ? ": 4 added, 1 kept." : ": 2 replaced, 3 kept.", await ReloadAsync(sandbox), StringComparison.Ordinal);
            Assert.Equal($"{i}", Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port(2))));
            Assert.Equal(0, (await sandbox.TachostAsync("plan", sandbox.PidFile)).ExitCode);
        }

        // The one that brought the library, which stays with it, and the last one.
        await CollectedAsync(sandbox, 2);
        sandbox.Write("poem.csx", Tac);
        Assert.Contains(": 4 removed, 1 kept.", await ReloadAsync(sandbox), StringComparison.Ordinal);
        await CollectedAsync(sandbox, 1);
    }

    [Fact]
    [LongSet]
    public async Task Reloads_AThousand_KeepMemoryDescriptorsAndThreads()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.Write("poem.csx", Tac));
        sandbox.Write("poem.csx", Extended(1));
        await ReloadAsync(sandbox);
        var (memory, descriptors, threads) = (Memory(id), 0, 0);
        for (var i = 2; i <= 1000; i++)
        {
            sandbox.Write("poem.csx", i % 10 == 9 ? "var application = ;" : Extended(i % 8));
            var outcome = await sandbox.TachostAsync("reload", sandbox.PidFile);
            Assert.Equal(i % 10 == 9 ? 65 : 0, outcome.ExitCode);
            if (i == 20)
                (descriptors, threads) = (Descriptors(id), Threads(id));
        }

        await CollectedAsync(sandbox, 2);
        await Until.TrueAsync(() => Memory(id) < memory + 20_000, $"a memory of {memory} kB and 20 MB more");
        await Until.TrueAsync(() => Descriptors(id) <= descriptors, $"the {descriptors} descriptors that there were");
        await Until.TrueAsync(() => Threads(id) <= threads + 4, $"not more than the {threads} threads that there were, and a few of the pool");
    }

    private static int Memory(int id) => int.Parse(Proc.Status(id, "VmRSS").Split(' ')[0], CultureInfo.InvariantCulture);

    private static int Threads(int id) => int.Parse(Proc.Status(id, "Threads"), CultureInfo.InvariantCulture);

    private static int Descriptors(int id) => Directory.GetFiles($"/proc/{id}/fd").Length;

    private static string Extended(int number) => $"""
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        {Tac}
        var poetry = new PoetryService("poem.txt");
        poetry.SetServiceParent(application);
        new TcpServer(0, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
        new TcpServer(0, new GreetingFactory({number}), "127.0.0.1").SetServiceParent(application);
        new Mine({number}).SetServiceParent(application);
        """;

    private static async Task CollectedAsync(Sandbox sandbox, int count)
    {
        using CancellationTokenSource limit = new(Bounded.Patience);
        int found;
        while ((found = await CompilationsAsync(sandbox)) > count)
            Assert.False(limit.IsCancellationRequested, $"{found} compilations are still loaded, and {count} are used");
        Assert.Equal(count, found);
    }

    private static async Task<int> CompilationsAsync(Sandbox sandbox) => int.Parse(Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port())), CultureInfo.InvariantCulture);

    private static async Task<string> ReloadAsync(Sandbox sandbox)
    {
        var outcome = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return outcome.Output;
    }
}
