using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>SIGHUP to a daemon whose tac file, poem or library has changed.</summary>
public sealed class HangUpTests
{
    private const string Done = "Reloaded";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HangUp_NothingChanged_ReplacesNothing()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        await ReloadAsync(sandbox, id);
        Assert.Contains("[-] Reloaded: nothing has changed.", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Stopping factory", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, await FetchAsync(sandbox.Port()));
    }

    [Fact]
    public async Task HangUp_PortAdded_StartsItsServerAndKeepsTheOther()
    {
        await using var sandbox = new Sandbox();
        var tac = sandbox.WriteTac();
        var id = await sandbox.StartDaemonAsync(tac);
        sandbox.WriteTac(extra: "");
        sandbox.Write(tac, Sandbox.Tac(0, "poem.txt", "") + "\nvar more = new TcpServer(0, new PoetryFactory(poetry), \"127.0.0.1\");\nmore.SetName(\"more\");\nmore.SetServiceParent(application);\n");
        await ReloadAsync(sandbox, id);
        Assert.Contains("[-] Reload: + more: is new", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains(": 1 added, 2 kept.", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Stopping factory", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, await FetchAsync(sandbox.Port(0)));
        Assert.Equal(Sandbox.Poem, await FetchAsync(sandbox.Port(1)));
    }

    /// <summary>Whoever edits the poem must get the new one, and whoever reads the old one must get all of it.</summary>
    [Fact]
    public async Task HangUp_PoemChanged_ServesTheNewOneAndEndsTheOldConnectionsWithTheOld()
    {
        await using var sandbox = new Sandbox();
        var oldPoem = string.Concat(Enumerable.Repeat("a line of the old poem, which is long\n", 1_000_000));
        sandbox.Write("poem.txt", oldPoem);
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        using var slow = await ConnectAsync(port);
        var first = new byte[1000];
        await slow.ReceiveAsync(first, Token);

        sandbox.Write("poem.txt", "a new poem\n");
        await ReloadAsync(sandbox, id);
        Assert.Contains("Reload: ~ PoetryService: poem.txt has changed", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("Reload: ~ TcpServer: it uses 'PoetryService', which is replaced", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal("a new poem\n", await FetchAsync(port));
        Assert.Equal(oldPoem.Length, first.Length + (await Sandbox.ReadToEndAsync(slow)).Length);
        await sandbox.LoggedAsync("Stopping factory");
        Assert.DoesNotContain("Closed)", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangUp_ServiceRemoved_ClosesItsPortOnly()
    {
        await using var sandbox = new Sandbox();
        var two = Sandbox.Tac(0, "poem.txt", "") + "\nnew UnixServer(\"other.sock\", new PoetryFactory(poetry)).SetServiceParent(application);\n";
        var id = await sandbox.StartDaemonAsync(sandbox.Write("poem.csx", two));
        Assert.True(File.Exists(sandbox.PathOf("other.sock")));
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", ""));
        await ReloadAsync(sandbox, id);
        Assert.Contains("Reload: - UnixServer: is no longer in the tac file", sandbox.Log, StringComparison.Ordinal);
        await Until.TrueAsync(() => !File.Exists(sandbox.PathOf("other.sock")), "the end of the socket file");
        Assert.Equal(Sandbox.Poem, await FetchAsync(sandbox.Port()));
    }

    [Fact]
    public async Task HangUp_LibraryRebuilt_ReplacesWhatUsesItAndKeepsTheRest()
    {
        await using var sandbox = new Sandbox();
        const string source = "public class Words : TacHost.Services.Service { public static string Text => \"NUMBER\"; }";
        PluginAssembly.Compile(sandbox.PathOf("lib/Words.dll"), source.Replace("NUMBER", "one", StringComparison.Ordinal), Program.HostDirectory);
        var tac = "#r \"Words.dll\"\n" + Sandbox.Tac(0, "poem.txt", "") + "\nnew Words().SetServiceParent(application);\n";
        var id = await sandbox.StartDaemonAsync(sandbox.Write("poem.csx", tac));
        PluginAssembly.Compile(sandbox.PathOf("lib/Words.dll"), source.Replace("NUMBER", "two", StringComparison.Ordinal), Program.HostDirectory);
        await ReloadAsync(sandbox, id);
        Assert.Contains("Reload: ~ Words: the library 'Words' is another one", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains(": 1 replaced, 2 kept.", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangUp_LibraryThatEndsTheProcess_IsTriedElsewhereFirst()
    {
        await using var sandbox = new Sandbox();

        // The tac file does not name the library, so that neither its text nor its references change.
        const string source = "public static class Rhymes { public static void Find() => System.GC.KeepAlive(1); }";
        PluginAssembly.Compile(sandbox.PathOf("lib/Rhymes.dll"), source, Program.HostDirectory);
        PluginAssembly.Compile(sandbox.PathOf("lib/Words.dll"), "public class Words : TacHost.Services.Service { public Words() => Rhymes.Find(); }", Program.HostDirectory, sandbox.PathOf("lib/Rhymes.dll"));
        var tac = "#r \"Words.dll\"\n" + Sandbox.Tac(0, "poem.txt", "") + "\nnew Words().SetServiceParent(application);\n";
        var id = await sandbox.StartDaemonAsync(sandbox.Write("poem.csx", tac));
        PluginAssembly.Compile(sandbox.PathOf("lib/Rhymes.dll"), source.Replace("System.GC.KeepAlive(1)", "System.Environment.Exit(3)", StringComparison.Ordinal), Program.HostDirectory);
        await sandbox.KillAsync(id, "HUP");
        await sandbox.LoggedAsync("The reload failed, and everything runs as before: ");
        Assert.Contains("ended without a reason", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, await FetchAsync(sandbox.Port()));
    }

    [Fact]
    public async Task HangUp_OtherUser_IsRefused()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "") + "\napplication.Uid = 65534;\n");
        await sandbox.KillAsync(id, "HUP");
        await sandbox.LoggedAsync("The reload failed, and everything runs as before: 'poem.csx' has changed in what a running process cannot change: the user of the process was not set and is 65534. Restart it.");
        Assert.Equal(Sandbox.Poem, await FetchAsync(sandbox.Port()));
    }

    [Fact]
    public async Task Term_DuringAReload_StopsTheProcess()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "class Slow : Service { protected override async Task OnStartAsync(CancellationToken c) { Logger.LogInformation(\"slow\"); await Task.Delay(-1, c); } }") + "\nnew Slow().SetServiceParent(application);\n");
        await sandbox.KillAsync(id, "HUP");
        await sandbox.LoggedAsync("[fastpoetry/Slow] slow");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Contains("The reload failed, and everything runs as before: the reload was interrupted by SIGTERM.", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task HangUp_OfAPlugin_ReadsItsFilesAgain()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.txt", "one\n");
        var id = await sandbox.StartDaemonAsync("fastpoetry", "--port", "0", "--poem", "poem.txt");
        var port = Proc.PortOf(id);
        await ReloadAsync(sandbox, id);
        Assert.Contains("Reloaded: nothing has changed.", sandbox.Log, StringComparison.Ordinal);
        sandbox.Write("poem.txt", "two, longer\n");
        await ReloadAsync(sandbox, id, 2);
        Assert.Contains("poem.txt has changed", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal("two, longer\n", await FetchAsync(port));
    }

    /// <summary>Sends the signal and waits for the verdict.</summary>
    private static async Task ReloadAsync(Sandbox sandbox, int id, int count = 1)
    {
        await sandbox.KillAsync(id, "HUP");
        await Until.TrueAsync(() => sandbox.Log.Split(Done).Length > count || sandbox.Log.Contains("The reload failed", StringComparison.Ordinal), "the end of the reload");
        Assert.DoesNotContain("The reload failed", sandbox.Log, StringComparison.Ordinal);
    }

    private static async Task<string> FetchAsync(int port)
    {
        using var socket = await ConnectAsync(port);
        return Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket));
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Token);
        return socket;
    }
}
