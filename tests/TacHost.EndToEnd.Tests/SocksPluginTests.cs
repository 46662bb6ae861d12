using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost socks</c>, and clients that speak it.</summary>
public sealed class SocksPluginTests
{
    private const int Seed = 1080;

    [Fact]
    public async Task Socks_Daemon_LeadsCurlAndProxychainsToTheWebServer()
    {
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        await using Sandbox web = new();
        await using Sandbox sandbox = new();
        var page = await ServeAsync(web);
        await sandbox.StartDaemonAsync("socks", "--port", "0");
        var proxy = $"127.0.0.1:{sandbox.Port()}";
        foreach (var (option, host) in new[] { ("--socks4", "127.0.0.1"), ("--socks4a", "localhost"), ("--socks5", "127.0.0.1"), ("--socks5-hostname", "localhost") })
        {
            Assert.Equal(new Outcome(0, Sandbox.Poem, ""), await CurlAsync(sandbox, option, proxy, $"http://{host}:{page}/poem.txt"));
            await sandbox.LoggedAsync($"is connected to {host}:{page}");
        }

        Assert.SkipUnless(Program.IsInstalled("proxychains4"), "proxychains4 is not installed");
        var configuration = sandbox.Write("proxychains.conf", $"strict_chain\nquiet_mode\n[ProxyList]\nsocks5 127.0.0.1 {sandbox.Port()}\n");
        Assert.Equal(Sandbox.Poem, (await sandbox.RunAsync("proxychains4", "-q", "-f", configuration, "curl", "-s", $"http://127.0.0.1:{page}/poem.txt")).Output);
        await sandbox.KillAsync(sandbox.DaemonId);
        await Until.TrueAsync(() => !File.Exists(sandbox.PidFile), "the end of the proxy");
    }

    [Fact]
    public async Task Socks_RulesAndPasswords_HoldForClients()
    {
        Assert.SkipUnless(Program.IsInstalled("curl") && Program.IsInstalled("openssl"), "curl or openssl is not installed");
        await using Sandbox web = new();
        await using Sandbox sandbox = new();
        var page = await ServeAsync(web);
        var passwords = sandbox.Write("passwords", $"alice:{(await sandbox.RunAsync("openssl", "passwd", "-6", "secret")).Output}");
        await sandbox.StartDaemonAsync("socks", "--port", "0", "--password-file", passwords, "--allow", $"127.0.0.1:{page}");
        var proxy = $"127.0.0.1:{sandbox.Port()}";
        var url = $"http://127.0.0.1:{page}/poem.txt";
        Assert.Equal(Sandbox.Poem, (await CurlAsync(sandbox, "--socks5", proxy, url, "--proxy-user", "alice:secret")).Output);
        Assert.Equal((97, ""), await RefusedAsync(url, "alice:wrong"));
        Assert.Equal((97, ""), await RefusedAsync($"http://{proxy}/", "alice:secret"));
        await sandbox.LoggedAsync($"is refused {proxy}: ");

        async Task<(int ExitCode, string Output)> RefusedAsync(string where, string user)
        {
            var outcome = await CurlAsync(sandbox, "--socks5", proxy, where, "--proxy-user", user);
            return (outcome.ExitCode, outcome.Output);
        }
    }

    [Fact]
    public async Task Socks_AnyBytes_CostItNothingAndOthersAreServed()
    {
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        await using Sandbox web = new();
        await using Sandbox sandbox = new();
        var page = await ServeAsync(web);
        var id = await sandbox.StartDaemonAsync("socks", "--port", "0", "--allow", $"127.0.0.1:{page}");
        IPEndPoint proxy = new(IPAddress.Loopback, sandbox.Port());
        Random random = new(Seed);
        await SendRubbishAsync(random, proxy, 200);
        var (memory, descriptors) = (Memory(id), Descriptors(id));
        for (var round = 0; round < 5; round++)
        {
            await SendRubbishAsync(random, proxy, 200);
            Assert.Equal(Sandbox.Poem, (await CurlAsync(sandbox, "--socks5", proxy.ToString(), $"http://127.0.0.1:{page}/poem.txt")).Output);
        }

        await Until.TrueAsync(() => Descriptors(id) <= descriptors + 5, "the end of the connections");
        Assert.InRange(Memory(id) - memory, long.MinValue, 20_000);
        Assert.DoesNotContain("xception", sandbox.Log, StringComparison.Ordinal);
    }

    /// <summary>Beginnings that are right, and what follows that is not.</summary>
    private static async Task SendRubbishAsync(Random random, IPEndPoint proxy, int count)
    {
        byte[][] beginnings = [[], [5], [5, 1, 0], [5, 1, 0, 5, 1, 0], [5, 1, 0, 5, 1, 0, 3, 255], [5, 2, 0, 2, 1, 255], [4, 1], [4, 1, 0, 80, 0, 0, 0, 1], [5, 1, 0, 5, 3, 0, 1, 127, 0, 0, 1, 0, 0], [4, 2, 0, 80, 127, 0, 0, 1, 0]];
        for (var i = 0; i < count; i++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(proxy, TestContext.Current.CancellationToken);
            var rubbish = new byte[random.Next(1, 3000)];
            random.NextBytes(rubbish);
            try
            {
                await socket.SendAsync((byte[])[.. beginnings[random.Next(beginnings.Length)], .. rubbish], TestContext.Current.CancellationToken);
                socket.Shutdown(SocketShutdown.Send);
                await Sandbox.ReadToEndAsync(socket);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Broken off, as it may be.
            }
        }
    }

    private static async Task<int> ServeAsync(Sandbox sandbox)
    {
        var server = sandbox.Start("-n", "web", "--port", "0", "--iface", "127.0.0.1", "--root", sandbox.Directory);
        await Until.SaidAsync(server, "is running");
        return Proc.PortOf(server.Id);
    }

    private static Task<Outcome> CurlAsync(Sandbox sandbox, string option, string proxy, string url, params string[] more) =>
        sandbox.RunAsync("curl", ["-s", "--max-time", "60", "--noproxy", "", option, proxy, .. more, url]);

    private static int Descriptors(int id) => Directory.EnumerateFiles($"/proc/{id}/fd").Count();

    private static long Memory(int id) => long.Parse(Proc.Status(id, "VmRSS").Split(' ')[0], CultureInfo.InvariantCulture);
}
