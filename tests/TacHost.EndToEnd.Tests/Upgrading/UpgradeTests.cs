using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Upgrading;

/// <summary><c>tachost upgrade</c> and SIGUSR2.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task Upgrade_OfADaemon_ServesByANewProcessOnTheSamePort()
    {
        await using var sandbox = new Sandbox();
        var old = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        sandbox.Write("poem.txt", "a new poem\n");

        var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var now = sandbox.DaemonId;
        Assert.NotEqual(old, now);
        Assert.Matches($"^Upgraded 'fastpoetry' from \\S+ to \\S+ in \\d+ ms: process {now} serves now\\. Process {old} ends after its connections\\.\n$", outcome.Output);
        await Until.GoneAsync(old);
        Assert.Equal("a new poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        Assert.Equal([now], sandbox.Daemons());
        await sandbox.KillAsync(now);
        await Until.GoneAsync(now);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Upgrade_OfAPluginThatIsRestartedThen_Serves()
    {
        await using var sandbox = new Sandbox();
        var old = await sandbox.StartDaemonAsync("fastpoetry", "--port", "0", "--poem", "./poem.txt");

        var upgrade = await sandbox.TachostAsync("upgrade", sandbox.PidFile);
        Assert.Equal((0, ""), (upgrade.ExitCode, upgrade.Error));
        await Until.GoneAsync(old);
        var restart = await sandbox.TachostAsync("restart", sandbox.PidFile);

        Assert.Equal((0, ""), (restart.ExitCode, restart.Error));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port(listener: 2))));
        await sandbox.KillAsync(sandbox.DaemonId);
    }

    [Fact]
    public async Task Upgrade_WithAnOpenConnection_LetsTheOldProcessServeItToItsEnd()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("echo.csx", """
            class Echo : Protocol { protected override void DataReceived(ReadOnlySpan<byte> data) { Transport.Write(data.ToArray()); if (data[0] == '.') Transport.LoseConnection(); } protected override void Stopping() { } }
            class EchoFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Echo(); }
            var application = new Application("echo");
            new TcpServer(0, new EchoFactory(), "127.0.0.1").SetServiceParent(application);
            """);
        var old = await sandbox.StartDaemonAsync("--grace", "60", "echo.csx");
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, sandbox.Port()), TestContext.Current.CancellationToken);
        Assert.Equal("before", await AskAsync(socket, "before"));

        var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal("after", await AskAsync(socket, "after"));
        Assert.True(Until.IsAlive(old));
        var listed = JsonDocument.Parse((await sandbox.TachostAsync("ps", "--json")).Output).RootElement.EnumerateArray().Select(each => each.GetProperty("pid").GetInt32()).ToList();
        Assert.Contains(sandbox.DaemonId, listed);
        Assert.DoesNotContain(old, listed);
        Assert.Equal(".", await AskAsync(socket, "."));
        await Until.GoneAsync(old);
    }

    [Fact]
    public async Task Upgrade_OfATacThatIsBroken_LeavesTheOldProcessServing()
    {
        await using var sandbox = new Sandbox();
        var old = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("poem.csx", "var application = ;");

        var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);

        Assert.Equal(65, outcome.ExitCode);
        Assert.Contains("poem.csx(1,19): error CS1525", outcome.Error, StringComparison.Ordinal);
        await sandbox.LoggedAsync("The upgrade failed, and this process serves as before: ");
        await AssertServesAsync(sandbox, old);
    }

    [Fact]
    public async Task Upgrade_ToAServiceThatDoesNotStart_LeavesTheOldProcessServing()
    {
        await using var sandbox = new Sandbox();
        var old = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        File.AppendAllText(sandbox.PathOf("poem.csx"), "\nnew TcpServer(0, new PoetryFactory(poetry), \"192.0.2.1\").SetServiceParent(application);\n");

        var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);

        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains("cannot listen on 192.0.2.1:0", outcome.Error, StringComparison.Ordinal);
        await AssertServesAsync(sandbox, old);
    }

    [Fact]
    public async Task Sigusr2_UpgradesTheDaemon()
    {
        await using var sandbox = new Sandbox();
        var old = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();

        await sandbox.KillAsync(old, "USR2");
        await Until.GoneAsync(old);

        await sandbox.LoggedAsync("Received SIGUSR2, upgrading.");
        Assert.Equal([sandbox.DaemonId], sandbox.Daemons());
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
    }

    private static async Task<string> AskAsync(Socket socket, string text)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        var answer = new byte[text.Length];
        var count = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().Soon();
        return Encoding.ASCII.GetString(answer.AsSpan(0, count));
    }

    private static async Task AssertServesAsync(Sandbox sandbox, int process)
    {
        Assert.Equal([process], sandbox.Daemons());
        Assert.Equal(process, sandbox.DaemonId);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        var status = await sandbox.TachostAsync("status", sandbox.PidFile);
        Assert.Equal(0, status.ExitCode);
    }
}
