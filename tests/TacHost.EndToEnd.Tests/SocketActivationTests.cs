using System.Globalization;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Sockets that systemd opened, through the real systemd-socket-activate(1), and the unit file of the documentation.</summary>
public sealed class SocketActivationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SystemdEndpoints_WithTwoSockets_ServeEachItsOwnPoem(bool inForeground)
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-socket-activate"), "systemd-socket-activate is not installed (systemd)");
        await using var sandbox = new Sandbox();
        sandbox.Write("second.txt", "the second poem\n");
        sandbox.Write("activated.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;

            var application = new Application("activated");
            void Serve(string endpoint, string file)
            {
                var poetry = new PoetryService(file);
                poetry.SetServiceParent(application);
                new StreamServer(endpoint, new PoetryFactory(poetry)).SetServiceParent(application);
            }
            Serve("systemd:name=first", "poem.txt");
            Serve("systemd:domain=INET:index=1", "second.txt");
            """);
        var (first, second) = (UnusedPort.Next(), UnusedPort.Next());
        string[] mode = inForeground ? ["--nodaemon", "--logfile", "tachost.log"] : [];
        using var activator = sandbox.StartProgram("systemd-socket-activate", ["--listen", $"127.0.0.1:{first}", "--listen", $"127.0.0.1:{second}", "--fdname", "first:second", .. Inherited("TACHOST_CACHE"), Program.Tachost, .. mode, "activated.csx"]);
        await Until.TrueAsync(() => IsListening(second), "systemd-socket-activate to listen");

        Assert.Equal("the second poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(second)));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(first)));
        if (!inForeground)
            await activator.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(first)));
        var id = sandbox.DaemonId;
        Assert.Equal(inForeground, id == activator.Id);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SystemdEndpoint_WithoutSockets_SaysSo()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("none.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("none");
            new StreamServer("systemd:index=0", new PoetryFactory(new PoetryService("poem.txt"))).SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync("none.csx");

        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains("LISTEN_PID is not set: systemd opened no socket for it", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnitFile_OfTheDocumentation_IsAcceptedBySystemd()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-analyze"), "systemd-analyze is not installed (systemd)");
        await using var sandbox = new Sandbox();
        sandbox.Environment["SYSTEMD_LOG_LEVEL"] = "warning";

        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("systemd-analyze", "verify", Path.Combine(Program.Root, "docs", "tachost.service")));
    }

    private static string[] Inherited(string variable) => ["--setenv", variable];

    private static bool IsListening(int port) =>
        File.ReadLines("/proc/net/tcp").Any(line => line.Contains($"0100007F:{port.ToString("X4", CultureInfo.InvariantCulture)} 00000000:0000 0A", StringComparison.Ordinal));
}
