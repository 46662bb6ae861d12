using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost portforward</c>, in front of servers of poems.</summary>
public sealed class PortForwardPluginTests
{
    [Fact]
    public async Task PortForward_FirstTargetDown_GoesOnToTheSecond()
    {
        await using Sandbox poems = new();
        await using Sandbox sandbox = new();
        await poems.StartDaemonAsync("fastpoetry", "--port", "0", "--iface", "127.0.0.1", "--poem", "poem.txt");

        // Bound and not listening: nobody else gets the port, and connections are refused.
        using Socket down = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        down.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await sandbox.StartDaemonAsync(
            "portforward", "--listen", "tcp:0:interface=127.0.0.1", "--target", $"tcp:127.0.0.1:{((IPEndPoint)down.LocalEndPoint!).Port}", "--target", $"tcp:127.0.0.1:{poems.Port()}");
        for (var i = 0; i < 3; i++)
            Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        await sandbox.LoggedAsync($"is connected to tcp:127.0.0.1:{poems.Port()}");
        await sandbox.LoggedAsync($"tcp:127.0.0.1:{((IPEndPoint)down.LocalEndPoint).Port} is down, and the others go first for a while");

        // The last one goes too: the client is sent away, and the forwarder stays.
        await poems.KillAsync(poems.DaemonId);
        await Until.TrueAsync(() => !File.Exists(poems.PidFile), "the end of the server of poems");
        Assert.Empty(await FetchOrResetAsync(sandbox.Port()));
        await sandbox.LoggedAsync("is sent away, because none of the targets can be reached");
        await sandbox.KillAsync(sandbox.DaemonId);
        await Until.TrueAsync(() => !File.Exists(sandbox.PidFile), "the end of the forwarder");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task PortForward_ProxyHeader_TellsTheServerWhoTheClientIs(string version)
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using Sandbox poems = new();
        await using Sandbox sandbox = new();
        var endpoint = version == "none" ? "tcp:0:interface=127.0.0.1" : "haproxy:tcp:0:interface=127.0.0.1";
        poems.Write("behind.csx", $"""
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("behind");
            var poetry = new PoetryService("poem.txt");
            poetry.SetServiceParent(application);
            new StreamServer("{endpoint}", new PoetryFactory(poetry)).SetServiceParent(application);
            """);
        await poems.StartDaemonAsync("behind.csx");
        await sandbox.StartDaemonAsync("portforward", "--listen", "tcp:0:interface=127.0.0.1", "--target", $"tcp:127.0.0.1:{poems.Port()}", "--proxy-header", version);
        var said = await sandbox.RunAsync("sh", "-c", $"nc -N -s 127.0.0.5 127.0.0.1 {sandbox.Port()} < /dev/null");
        Assert.Equal(Sandbox.Poem, said.Output);
        await poems.LoggedAsync(" bytes of poetry to 127.0.0.");
        Assert.Equal(version != "none", poems.Log.Contains(" bytes of poetry to 127.0.0.5:", StringComparison.Ordinal));
    }

    private static async Task<byte[]> FetchOrResetAsync(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
            return await Sandbox.ReadToEndAsync(socket);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return [];
        }
    }
}
