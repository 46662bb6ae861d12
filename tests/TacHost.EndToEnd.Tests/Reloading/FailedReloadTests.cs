using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>Reloads that fail: what runs is as it was, the log says why, and the next reload works.</summary>
public sealed class FailedReloadTests
{
    private const string Failed = "The reload failed, and everything runs as before: ";

    [Theory]
    [InlineData("var x = ;", "poem.csx(1,9): error CS1525")]
    [InlineData("var x = 1;", "has no global variable named 'application'")]
    [InlineData("Application application = null;", "'application'")]
    [InlineData("throw new InvalidOperationException(\"boom\");\nvar application = new Application(\"fastpoetry\");", "'poem.csx' threw InvalidOperationException at poem.csx:line 1: boom")]
    [InlineData("while (true) Thread.Sleep(10);\nvar application = new Application(\"fastpoetry\");", "the top level of 'poem.csx' did not end within 3 s")]
    [InlineData("Environment.Exit(0);\nvar application = new Application(\"fastpoetry\");", "ended without a reason, perhaps because the top level of the tac file ended it")]
    [InlineData("void F(int i) => F(i + 1 + Environment.TickCount % 2); F(0);\nvar application = new Application(\"fastpoetry\");", "ended without a reason")]
    [InlineData(null, "cannot read the tac file")]
    public async Task HangUp_TacThatCannotBePrepared_ChangesNothing(string? text, string reason)
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync("--start-timeout", "3", sandbox.WriteTac());
        if (text is null)
            File.Delete(sandbox.PathOf("poem.csx"));
        else
            sandbox.Write("poem.csx", text);
        await FailsAsync(sandbox, id, reason);
    }

    [Theory]
    [InlineData("protected override Task OnStartAsync(CancellationToken c) => throw new InvalidOperationException(\"boom\");", "The service 'fastpoetry/Bad' failed to start: InvalidOperationException at poem.csx:line 3: boom")]
    [InlineData("protected override Task OnPrivilegedStartAsync(CancellationToken c) => throw new IOException(\"no disk\");", "The service 'fastpoetry/Bad' failed to start: IOException at poem.csx:line 3: no disk")]
    [InlineData("protected override Task OnStartAsync(CancellationToken c) => Task.Delay(-1, c);", "the new services did not start within 3 s. Still starting were 'fastpoetry/Bad'.")]
    [InlineData("protected override Task OnStartAsync(CancellationToken c) => Task.Delay(-1);", "the new services did not start within 3 s. Still starting were 'fastpoetry/Bad'.")]
    [InlineData("protected override Task OnStartAsync(CancellationToken c) { Fail(new IOException(\"gone\")); return Task.CompletedTask; }", "gone")]
    public async Task HangUp_ServiceThatDoesNotStart_ChangesNothing(string start, string reason)
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync("--start-timeout", "3", "--grace", "1", sandbox.WriteTac());
        sandbox.Write("poem.txt", "a poem that nobody must get\n");
        sandbox.WriteTac(extra: "class Bad : Service { " + start + " }");
        await File.AppendAllTextAsync(sandbox.PathOf("poem.csx"), "\nnew Bad().SetServiceParent(application);\n", TestContext.Current.CancellationToken);
        await FailsAsync(sandbox, id, reason);
    }

    [Fact]
    public async Task HangUp_PortOfAnotherProcess_ChangesNothing()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var tac = Sandbox.Tac(0, "poem.txt", "") + $"\nnew TcpServer({port}, new PoetryFactory(poetry), \"127.0.0.1\").SetServiceParent(application);\n";
        sandbox.Write("poem.csx", tac);
        await FailsAsync(sandbox, id, $"cannot listen on 127.0.0.1:{port}");
    }

    [Fact]
    public async Task HangUp_PoemGone_ChangesNothing()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        File.Move(sandbox.PathOf("poem.txt"), sandbox.PathOf("elsewhere.txt"));
        await FailsAsync(sandbox, id, "poem.txt");
    }

    /// <summary>Signals, and looks that the old tree serves the old poem, with nothing left of the new one; then that a reload of a good tac works.</summary>
    private static async Task FailsAsync(Sandbox sandbox, int id, string reason)
    {
        var port = sandbox.Port();
        await sandbox.KillAsync(id, "HUP");
        await sandbox.LoggedAsync(Failed);
        Assert.Contains(reason, sandbox.Log[sandbox.Log.IndexOf(Failed, StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        Assert.DoesNotContain("Closed)", sandbox.Log, StringComparison.Ordinal);
        await Until.TrueAsync(() => sandbox.Processes().SequenceEqual([id]), "the end of the process that prepared the reload");

        sandbox.Write("poem.txt", "afterwards\n");
        sandbox.WriteTac();
        await sandbox.KillAsync(id, "HUP");
        await sandbox.LoggedAsync("Reloaded in");
        Assert.Equal("afterwards\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }
}
