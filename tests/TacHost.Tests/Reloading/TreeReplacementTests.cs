using System.Net.NetworkInformation;
using System.Reflection;
using TacHost.Services;
using TacHost.Services.Infrastructure;
using TacHost.Services.Networking;

namespace TacHost.Tests.Reloading;

public sealed class TreeReplacementTests
{
    /// <summary>Services that write down what happens to them, where every context can reach it.</summary>
    private const string Recorders = """
        List<string> events = (List<string>)AppContext.GetData("EVENTS");
        class Rec(List<string> events, string text, object uses = null) : Service
        {
            public object Uses => uses;
            void Note(string what) { lock (events) events.Add($"{what} {text}"); }
            protected override Task OnPrivilegedStartAsync(CancellationToken c) { Note("prepare"); return Task.CompletedTask; }
            protected override Task OnStartAsync(CancellationToken c) { Note("start"); return text.StartsWith("bad") ? throw new IOException(text) : Task.CompletedTask; }
            protected override Task OnStopAsync(CancellationToken c) { Note("stop"); return Task.CompletedTask; }
            protected override Task ExecuteAsync(CancellationToken c) { Note("run"); return Task.CompletedTask; }
        }
        Rec R(string text, object uses = null, string name = null) => Add(new Rec(events, text, uses), name ?? text);

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replace_SomeServices_StartsAndStopsThemInOrderAndKeepsTheRest()
    {
        using Events events = new();
        var change = await StartedAsync(
            Recorders + "R(\"a1\", null, \"a\"); R(\"b\"); R(\"c\"); R(\"d1\", null, \"d\");",
            Recorders + "R(\"b\"); R(\"a2\", null, \"a\"); R(\"n\"); R(\"d2\", null, \"d\");");
        Assert.Equal("= b\n~ a: text was 'a1' and is 'a2'\n+ n: is new\n~ d: text was 'd1' and is 'd2'\n- c: is no longer in the tac file", change.Plan);
        var kept = change.Running.GetServiceNamed("b");
        events.Clear();
        var replacement = Replacement(change);
        await replacement.StartAsync(Token);
        Assert.Equal("prepare a2, prepare n, prepare d2, start a2, start n, start d2", events.ToString());
        Assert.Equal("a b c d", Names(change.Running));
        events.Clear();
        replacement.Commit();
        Assert.Equal("b a n d", Names(change.Running));
        Assert.Same(kept, change.Running.GetServiceNamed("b"));
        await events.WaitFor("run n");
        Assert.Empty(await replacement.StopLeavingAsync(Token));
        await events.WaitFor("run a2");
        await events.WaitFor("run d2");
        Assert.Equal("stop d1, stop c, stop a1", events.Of("stop"));
        Assert.All(replacement.Leaving, service => Assert.Equal(ServiceState.Stopped, service.State));
        Assert.All(change.Running, service => Assert.Equal(ServiceState.Running, service.State));
        Assert.Equal(["a/b", "a/a", "a/n", "a/d"], change.Running.Select(service => service.ServicePath));
        await change.Running.StopAsync(Token);
        Assert.Equal("stop d1, stop c, stop a1, stop d2, stop n, stop a2, stop b", events.Of("stop"));
    }

    [Fact]
    public async Task StartAsync_OneFails_UndoesTheNewOnesAndTouchesNothingElse()
    {
        using Events events = new();
        var change = await StartedAsync(
            Recorders + "R(\"a1\", null, \"a\"); R(\"b1\", null, \"b\"); R(\"c\");",
            Recorders + "R(\"a2\", null, \"a\"); R(\"bad\", null, \"b\"); R(\"c\"); R(\"n\");");
        events.Clear();
        var failure = await Assert.ThrowsAsync<IOException>(() => Replacement(change).StartAsync(Token));
        Assert.Equal("bad", failure.Message);
        Assert.Equal("prepare a2, prepare bad, prepare n, start a2, start bad, stop bad, stop n, stop a2", events.ToString());
        Assert.Equal("a b c", Names(change.Running));
        Assert.All(change.Running, service => Assert.Equal(ServiceState.Running, service.State));
        Assert.False(change.Running.Failed.IsCompleted);
        await change.Running.StopAsync(Token);
        Assert.Equal("stop bad, stop n, stop a2, stop c, stop b1, stop a1", events.Of("stop"));
    }

    [Fact]
    public async Task StartAsync_StateOfTheSameType_IsHandedOver()
    {
        const string counter = "class Counter(int x) : Service, IHandsOver<string> { public string Known = \"\"; public int X => x; public string HandOver() => Known; public void TakeOver(string state) => Known = state + x; } ";
        var change = await StartedAsync(counter + "Add(new Counter(1));", counter + "Add(new Counter(2));", running => SetKnown(running.First(), "poem"));
        var replacement = Replacement(change);
        await replacement.StartAsync(Token);
        replacement.Commit();
        var keeping = change.Running.First();
        Assert.Equal("poem2", keeping.GetType().GetField("Known")!.GetValue(keeping));
        await replacement.StopLeavingAsync(Token);
        await change.Running.StopAsync(Token);

        static void SetKnown(IService service, string known) => service.GetType().GetField("Known")!.SetValue(service, known);
    }

    /// <summary>Random trees become others: what starts and stops is the plan, and the result is what a fresh start would make.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Replace_RandomTrees_EqualsThePlanAndAFreshStart(int seed)
    {
        Random random = new(seed);
        using Events events = new();
        using TemporaryDirectory directory = new();
        RandomTac tac = new(random, directory.Path);
        var before = tac.ToString();
        for (var round = 0; round < 8; round++)
        {
            tac.Edit();
            var after = tac.ToString();
            events.Clear();
            var change = await StartedAsync(Recorders + before, Recorders + after);
            var plan = change.Change.Plan;
            var (staying, leaving, predecessors) = (change.Change.Staying, change.Change.Leaving, change.Change.Predecessors);
            var newcomers = TacHost.Reloading.TreeOrder.Of(change.New).Where(service => !staying.ContainsKey(service)).ToList();
            var started = events.CountOf("start");
            events.Clear();
            var replacement = Replacement(change);
            await replacement.StartAsync(Token);
            replacement.Commit();
            Assert.Empty(await replacement.StopLeavingAsync(Token));
            var text = $"{before}\n--- to ---\n{after}\n--- plan ---\n{plan}";

            Assert.True(Paths(change.Running).SequenceEqual(plan.Lines.Where(line => line.Verdict != TacHost.Reloading.Verdict.Removed).Select(line => line.Path)), text);
            Assert.True(staying.Values.All(service => service.State == ServiceState.Running) && leaving.All(service => service.State == ServiceState.Stopped), text);
            Assert.True(events.Of("start") == Expected("start", newcomers), $"{text}\n--- happened ---\n{events}");
            Assert.True(events.Of("stop") == Expected("stop", leaving.Reverse()), $"{text}\n--- happened ---\n{events}");
            Assert.Equal(change.Change.Plan.Lines.Count(line => line.Verdict is TacHost.Reloading.Verdict.Replaced or TacHost.Reloading.Verdict.Added), TacHost.Reloading.TreeOrder.Of(change.Running).Count() - staying.Count);

            AssertSockets(change.Running, tac, text);

            // The running tree, references and sharing included, is what a fresh start would make: nothing is left to do.
            var again = await TacChange.OfAsync(change.Running, change.Old, change.Target, change.Target);
            Assert.True(!again.Change.Plan.ChangesAnything, $"{text}\n--- again ---\n{again.Plan}");
            Assert.Equal(predecessors.Count, plan.Lines.Count(line => line.Verdict == TacHost.Reloading.Verdict.Replaced));
            await change.Running.StopAsync(Token);
            Assert.Empty(SocketPool.Of(change.Running));
            Assert.Equal(started + events.CountOf("start"), events.CountOf("stop"));
            before = after;
        }
    }

    /// <summary>The sockets are those of a fresh start, each belongs to its server, and nothing else is open.</summary>
    private static void AssertSockets(Application running, RandomTac tac, string text)
    {
        var sockets = SocketPool.Of(running);
        Assert.True(sockets.Select(socket => socket.Address).Order(StringComparer.Ordinal).SequenceEqual(tac.Sockets.Order(StringComparer.Ordinal)), $"{text}\n--- sockets ---\n{string.Join('\n', sockets)}");
        Assert.True(sockets.All(socket => socket.IsOwned), text);
        var servers = TacHost.Reloading.TreeOrder.Of(running).Where(service => service is StreamServer or DatagramServer).Select(service => service.ServicePath);
        Assert.Equal(servers.Order(StringComparer.Ordinal), sockets.Select(socket => socket.ServicePath).Order(StringComparer.Ordinal));
        var open = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(each => each.Port).Where(tac.Ports.Contains);
        Assert.Equal(tac.Ports.Where(port => tac.Sockets.Contains($"tcp:127.0.0.1:{port}")).Order(), open.Order());
        Assert.Equal(tac.Sockets.Count(socket => socket.StartsWith("unix:", StringComparison.Ordinal)), Directory.EnumerateFileSystemEntries(tac.Directory).Count());
    }

    private static string Expected(string what, IEnumerable<IService> services) =>
        string.Join(", ", services.Where(IsRecorder).Select(service => $"{what} {service.GetType().GetField("<text>P", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(service)}"));

    private static bool IsRecorder(IService service) => service.GetType().Name == "Rec";

    private static IEnumerable<string> Paths(Application application) =>
        TacHost.Reloading.TreeOrder.Of(application).Skip(1).Select(service => service.ServicePath[(service.ServicePath.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    private static string Names(Application application) => string.Join(' ', application.Select(service => service.Name));

    private static Task<TacChange> StartedAsync(string before, string after, Action<Application>? meanwhile = null) =>
        TacChange.MakeAsync(before, after, async running =>
        {
            await running.StartAsync(Token);
            meanwhile?.Invoke(running);
        });

    private static TreeReplacement Replacement(TacChange change)
    {
        TreeReplacement replacement = new(change.Running, change.New, change.Change.Staying, change.Change.Predecessors, change.Change.Leaving);
        change.Change.LeadReferences();
        return replacement;
    }
}
