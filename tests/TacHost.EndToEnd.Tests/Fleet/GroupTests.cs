using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>All tac files of a directory NAME.d in one process, kept apart.</summary>
public sealed class GroupTests
{
    /// <summary>An echo server that does what a client asks for.</summary>
    private const string Echo = """
        class Echo(Application application) : Protocol
        {
            protected override void DataReceived(ReadOnlySpan<byte> data)
            {
                var text = System.Text.Encoding.UTF8.GetString(data);
                if (text == "throw")
                    new Thread(() => throw new InvalidOperationException("out of ink")).Start();
                else if (text == "end")
                    application.RequestStop();
                else if (text == "exit")
                    Environment.Exit(3);
                else
                    Transport.Write(data.ToArray());
            }
        }
        class F(Application application) : ServerFactory { protected override Protocol BuildProtocol(System.Net.EndPoint peer) => new Echo(application); }
        class Note : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                Console.WriteLine("NAME has read " + (File.Exists(ResolvePath("note")) ? File.ReadAllText(ResolvePath("note")) : "nothing"));
                return Task.CompletedTask;
            }
        }
        var application = new Application("NAME");
        new Note().SetServiceParent(application);
        new TcpServer(0, new F(application), "127.0.0.1").SetServiceParent(application);
        """;

    [Fact]
    public async Task Group_WithTwo_KeepsThemApartInOneProcess()
    {
        await using FleetSandbox fleet = new();
        Write(fleet, "one");
        Write(fleet, "two");
        Directory.CreateDirectory(fleet.PathOf("web.d/one"));
        File.WriteAllText(fleet.PathOf("web.d/one/note"), "a note");
        Assert.Equal(new Outcome(0, "2 running\n", ""), await fleet.StartAsync());
        var process = fleet.IdOf("web");
        var list = await fleet.ListAsync();
        Assert.Equal(["web", "web/one", "web/two"], list.Keys);
        Assert.All(list.Values, unit => Assert.Equal(("running", process), (unit.State, unit.Pid!.Value)));
        Assert.Equal((0, ""), await fleet.TachostAsync("dump", $"{process}") is var dump ? (dump.ExitCode, dump.Error) : default);
        Assert.Contains("[stdout] one has read a note", fleet.LogOf("web/one"), StringComparison.Ordinal);
        Assert.Contains("[stdout] two has read nothing", fleet.LogOf("web/two"), StringComparison.Ordinal);
        using var kept = Connect(fleet, "two");
        await SaysAsync(kept, "before");

        // An exception on a thread of its own ends one application, and so does an end that it asks for.
        await AskAsync(fleet, "one", "throw");
        await Until.TrueAsync(() => Starts(fleet, "one") == 2, "the restart after the exception");
        Assert.Contains("out of ink", fleet.LogOf("web/one"), StringComparison.Ordinal);
        await fleet.StateAsync("web/one", "running");
        await AskAsync(fleet, "one", "end");
        await Until.TrueAsync(() => Starts(fleet, "one") == 3, "the restart after the end");
        await fleet.StateAsync("web/one", "running");

        // A change replaces one; a file that does not compile leaves it.
        Write(fleet, "one", "// changed");
        await fleet.StateAsync("web", "running");
        await Until.TrueAsync(() => fleet.EmperorLog.Contains("Reloaded 'web': ", StringComparison.Ordinal), "the reload");
        File.WriteAllText(fleet.PathOf("web.d/one.csx"), "var x = ;");
        await fleet.StateAsync("web/one", "stale");
        var plan = await fleet.FleetAsync("plan");
        Assert.Equal(2, plan.ExitCode);
        Assert.Contains("! web/one: ", plan.Output, StringComparison.Ordinal);
        Assert.Equal(70, (await fleet.FleetAsync("status", "web/one")).ExitCode);
        Write(fleet, "one", "// mended");
        await fleet.StateAsync("web", "running");

        // An operator steers one.
        Assert.Equal(new Outcome(0, "web/one: is off\n", ""), await fleet.FleetAsync("stop", "web/one"));
        Assert.Equal("off", (await fleet.ListAsync())["web/one"].State);
        Assert.Equal(64, (await fleet.FleetAsync("start", "web/three")).ExitCode);
        Assert.Equal(new Outcome(0, "web/one: runs\n", ""), await fleet.FleetAsync("restart", "web/one"));

        // What is added starts, and what is removed stops.
        Write(fleet, "three");
        await fleet.StateAsync("web/three", "running");
        File.Delete(fleet.PathOf("web.d/three.csx"));
        await Until.TrueAsync(() => fleet.LogOf("web/three").Contains("shut down", StringComparison.OrdinalIgnoreCase), "the end of what was removed");

        await SaysAsync(kept, "after all of that");
        Assert.Equal((process, 1), (fleet.IdOf("web"), Starts(fleet, "two")));
    }

    [Fact]
    public async Task Process_OfAGroupThatEnds_StartsAgainWithoutWhatIsOff()
    {
        await using FleetSandbox fleet = new();
        Write(fleet, "one");
        Write(fleet, "two");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        var process = fleet.IdOf("web");
        Assert.Equal(0, (await fleet.FleetAsync("stop", "web/two")).ExitCode);

        await AskAsync(fleet, "one", "exit");
        await Until.GoneAsync(process);
        await Until.TrueAsync(() => Starts(fleet, "one") == 2, "the restart of the group");
        await fleet.StateAsync("web/one", "running");

        Assert.Equal("off", (await fleet.ListAsync())["web/two"].State);
        Assert.Equal(new Outcome(0, "web: is off\n", ""), await fleet.FleetAsync("stop", "web"));
        Assert.Equal(["web"], (await fleet.ListAsync()).Keys);
    }

    private static void Write(FleetSandbox fleet, string name, string extra = "")
    {
        Directory.CreateDirectory(fleet.PathOf("web.d"));
        var path = fleet.PathOf($"web.d/.{name}.writing");
        File.WriteAllText(path, $"{extra}\n{Echo.Replace("NAME", name, StringComparison.Ordinal)}");
        File.Move(path, fleet.PathOf($"web.d/{name}.csx"), overwrite: true);
    }

    private static int Starts(FleetSandbox fleet, string name) => Regex.Count(fleet.LogOf($"web/{name}"), " is running as process ");

    private static Socket Connect(FleetSandbox fleet, string name)
    {
        var port = Regex.Matches(fleet.LogOf($"web/{name}"), @"starting on 127\.0\.0\.1:(?<port>\d+)").Last().Groups["port"].Value;
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect("127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture));
        return socket;
    }

    private static async Task AskAsync(FleetSandbox fleet, string name, string text)
    {
        using var socket = Connect(fleet, name);
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
    }

    private static async Task SaysAsync(Socket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        var answer = new byte[text.Length];
        for (var read = 0; read < answer.Length;)
        {
            var count = await socket.ReceiveAsync(answer.AsMemory(read), TestContext.Current.CancellationToken).AsTask().WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            read += count;
        }

        Assert.Equal(text, Encoding.UTF8.GetString(answer));
    }
}
