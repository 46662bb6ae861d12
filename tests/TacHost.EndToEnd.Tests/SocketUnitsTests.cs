using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost unit --sockets</c>: judged by systemd, and started by its systemd-socket-activate(1).</summary>
public sealed class SocketUnitsTests
{
    private const string Tac = """
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;

        var application = new Application("Two Poems");
        void Serve(string endpoint, string file)
        {
            var poetry = new PoetryService(file);
            poetry.SetServiceParent(application);
            new StreamServer(endpoint, new PoetryFactory(poetry)).SetServiceParent(application);
        }
        Serve(@"tcp:PORT:interface=127.0.0.1", "poem.txt");
        Serve("unix:poem.sock:mode=600", "second.txt");
        """;

    [Theory]
    [InlineData("ecstasy.csx", "ListenStream=127.0.0.1:10000\n")]
    [InlineData("two-poems.csx", "ListenStream=127.0.0.1:10010\n")]
    [InlineData("ecstasy-everywhere.csx", "ListenDatagram=")]
    public async Task Sockets_OfADeployment_AreTightAndRight(string file, string expected)
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-analyze"), "systemd-analyze is not installed (systemd)");
        await using var sandbox = new Sandbox();
        var units = await WriteAsync(sandbox, "--rundir", Program.Root, "unit", "--sockets", "--out", sandbox.Directory, Path.Combine(Program.Root, "deployments", file));

        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("systemd-analyze", ["verify", .. units]));
        var exposure = await sandbox.RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", units[0]);
        Assert.True(exposure.ExitCode == 0, exposure.Output + exposure.Error);
        Assert.Contains(expected, await File.ReadAllTextAsync(units[1], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains($"\nRequires={string.Join(' ', units.Skip(1).Select(Path.GetFileName))}\n", await File.ReadAllTextAsync(units[0], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sockets_OfAUser_AreAccepted()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-analyze"), "systemd-analyze is not installed (systemd)");
        await using var sandbox = new Sandbox();
        var units = await WriteAsync(sandbox, "--uid", "daemon", "unit", "--user", "--sockets", "--out", sandbox.Directory, Path.Combine(Program.Root, "deployments/ecstasy.csx"));
        sandbox.Environment["XDG_RUNTIME_DIR"] = sandbox.Directory;

        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("systemd-analyze", ["--user", "verify", .. units]));
    }

    [Fact]
    public async Task Sockets_OfPrivilegedPorts_NeedNoCapability()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("x.csx", Tac.Replace("PORT:interface=127.0.0.1", @"80:interface=\:\:1", StringComparison.Ordinal));
        var outcome = await sandbox.TachostAsync("unit", "--sockets", "x.csx");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("# two-poems.service\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\nCapabilityBoundingSet=\nPrivateUsers=yes\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\n# two-poems.socket\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\nListenStream=[::1]:80\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"\nListenStream={sandbox.PathOf("poem.sock")}\nSocketMode=0600\n", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("network-online", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sockets_ThatSystemdOpens_AreUsedByTheUnchangedTacFile()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-socket-activate"), "systemd-socket-activate is not installed (systemd)");
        await using var sandbox = new Sandbox();
        sandbox.Write("second.txt", "the second poem\n");
        sandbox.Write("x.csx", Tac.Replace("PORT", $"{UnusedPort.Next()}", StringComparison.Ordinal));
        var metrics = UnusedPort.Next();
        var units = await WriteAsync(sandbox, "--metrics", $"{metrics}", "unit", "--sockets", "--out", sandbox.Directory, "x.csx");
        var listen = units.Skip(1).SelectMany(File.ReadLines).Where(line => line.StartsWith("ListenStream=", StringComparison.Ordinal)).Select(line => line["ListenStream=".Length..]).ToList();
        var start = File.ReadLines(units[0]).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');

        // As systemd: opens the sockets, and starts the command of the service with the first connection.
        using var activator = sandbox.StartProgram("systemd-socket-activate", [.. listen.SelectMany(address => (string[])["--listen", address]), "--setenv", "TACHOST_CACHE", start[0], "--logfile", sandbox.PathOf("tachost.log"), .. start[1..]]);
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("poem.sock")), "systemd-socket-activate to listen");

        Assert.Equal("the second poem\n", await FetchAsync(new UnixDomainSocketEndPoint(sandbox.PathOf("poem.sock"))));
        Assert.Equal(Sandbox.Poem, await FetchAsync(IPEndPoint.Parse(listen.Single(address => address.StartsWith("127.0.0.1:", StringComparison.Ordinal) && !address.EndsWith($":{metrics}", StringComparison.Ordinal)))));
        using HttpClient http = new();
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/readyz"), TestContext.Current.CancellationToken));

        // The file belongs to systemd, and stays.
        await sandbox.KillAsync(activator.Id);
        await activator.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
        Assert.True(File.Exists(sandbox.PathOf("poem.sock")));
    }

    [Fact]
    public async Task Sockets_OfInetd_AreUsedByItsServices()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-socket-activate"), "systemd-socket-activate is not installed (systemd)");
        await using var sandbox = new Sandbox();
        var echo = UnusedPort.Next();
        sandbox.Write("inetd.csx", $$"""
            #r "TacHost.Processes.dll"
            using TacHost.Processes.Inetd;

            var application = new Application("inetd");
            new InetdServer([
                new("127.0.0.1:{{UnusedPort.Next()}}", "/bin/echo", "echo", "one for each"),
                new("{{sandbox.PathOf("wait.sock")}}", "/usr/bin/python3", "python3", "-c", "import socket; c, _ = socket.socket(fileno=0).accept(); c.sendall(b'one for all\\n')") { Wait = true },
                new("127.0.0.1:{{echo}}/udp", InetdService.Internal, "echo"),
            ]).SetServiceParent(application);
            new UnixDatagramServer("log.sock", new Silent(), UnixFileMode.UserRead | UnixFileMode.UserWrite).SetServiceParent(application);

            class Silent : DatagramProtocol
            {
                protected override void DatagramReceived(ReadOnlySpan<byte> data, System.Net.EndPoint endPoint) { }
            }
            """);
        var units = await WriteAsync(sandbox, "unit", "--sockets", "--out", sandbox.Directory, "inetd.csx");
        var lines = units.Skip(1).SelectMany(File.ReadLines).Where(line => line.StartsWith("Listen", StringComparison.Ordinal)).ToList();
        Assert.Contains($"ListenDatagram=127.0.0.1:{echo}", lines);
        Assert.Contains($"ListenDatagram={sandbox.PathOf("log.sock")}", lines);
        Assert.Contains("SocketMode=0600", units.Skip(1).SelectMany(File.ReadLines));
        var listen = lines.Where(line => line.StartsWith("ListenStream=", StringComparison.Ordinal)).Select(line => line["ListenStream=".Length..]).ToList();
        var start = File.ReadLines(units[0]).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');

        using var activator = sandbox.StartProgram("systemd-socket-activate", [.. listen.SelectMany(address => (string[])["--listen", address]), "--setenv", "TACHOST_CACHE", start[0], "--logfile", sandbox.PathOf("tachost.log"), .. start[1..]]);
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("wait.sock")), "systemd-socket-activate to listen");

        Assert.Equal("one for each\n", await FetchAsync(IPEndPoint.Parse(listen.Single(address => address.StartsWith("127.", StringComparison.Ordinal)))));
        Assert.Equal("one for all\n", await FetchAsync(new UnixDomainSocketEndPoint(sandbox.PathOf("wait.sock"))));
        await sandbox.KillAsync(activator.Id);
        await activator.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(sandbox.PathOf("wait.sock")));
    }

    [Fact]
    public async Task Out_OfAChangedFile_IsNotReplaced()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(port: 9999);
        var words = (string[])["unit", "--out", sandbox.Directory, "poem.csx"];
        await WriteAsync(sandbox, words);
        await WriteAsync(sandbox, words);
        sandbox.Write("fastpoetry.service", "[Service]\nExecStart=/bin/true\n");
        var outcome = await sandbox.TachostAsync(words);

        Assert.Equal(73, outcome.ExitCode);
        Assert.Contains($"'{sandbox.PathOf("fastpoetry.service")}' was not made by tachost, and is not replaced.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sockets_OfATreeWithoutListeners_AreRefused()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(port: 0);
        var outcome = await sandbox.TachostAsync("unit", "--sockets", "poem.csx");

        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("so there is no socket unit to write. Leave out --sockets.", outcome.Error, StringComparison.Ordinal);
    }

    private static async Task<string> FetchAsync(EndPoint endPoint)
    {
        using Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket));
    }

    /// <summary>Runs a command that writes files, and returns their paths.</summary>
    private static async Task<string[]> WriteAsync(Sandbox sandbox, params string[] words)
    {
        var outcome = await sandbox.TachostAsync(words);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
