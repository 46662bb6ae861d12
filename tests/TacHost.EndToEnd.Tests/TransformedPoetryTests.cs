using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed class TransformedPoetryTests
{
    /// <summary>The client of Twisted's tutorial, in short.</summary>
    private const string TwistedClient = """
        import sys
        from twisted.internet import endpoints, reactor
        from twisted.protocols.basic import NetstringReceiver
        class Transform(NetstringReceiver):
            def connectionMade(self):
                self.sendString(sys.argv[2].encode())
            def stringReceived(self, poem):
                print(poem.decode())
            def connectionLost(self, reason):
                print(reason.type.__name__)
                reactor.stop()
        endpoints.connectProtocol(endpoints.clientFromString(reactor, 'tcp:127.0.0.1:' + sys.argv[1]), Transform())
        reactor.run()
        """;

    [Fact]
    public async Task TransformedPoetry_TwistedClient_GetsThePoemOrACleanEnd()
    {
        await using Sandbox sandbox = new();
        Assert.SkipUnless(await Twisted.IsInstalledAsync(sandbox), Twisted.SkipReason);
        await sandbox.StartDaemonAsync(EditedDeployment.Write(sandbox, "transformed-poetry", ("port", "0"), ("iface", "\"127.0.0.1\"")));
        var port = EditedDeployment.PortOf(sandbox, "TransformFactory");
        sandbox.Write("transform.py", TwistedClient);
        foreach (var (request, expected) in (Dictionary<string, string>)new() { ["cummingsify.ONE IN TEN."] = "one in ten.\nConnectionDone\n", ["reverse.One\nTwo"] = "Two\nOne\nConnectionDone\n", ["burn.ONE"] = "ConnectionDone\n", ["nothing"] = "ConnectionDone\n" })
        {
            var outcome = await sandbox.RunAsync(Twisted.Python, "transform.py", port, request);
            Assert.Equal(new Outcome(0, expected, ""), outcome);
        }
    }

    [Fact]
    public async Task TransformedPoetry_TheCommandInTheTac_GetsTheAnswer()
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using Sandbox sandbox = new();
        await sandbox.StartDaemonAsync(EditedDeployment.Write(sandbox, "transformed-poetry", ("port", "0"), ("iface", "\"127.0.0.1\"")));
        var command = File.ReadLines(sandbox.PathOf("transformed-poetry.csx")).First().Split(": ", 2)[1].Replace("localhost 10060", $"127.0.0.1 {EditedDeployment.PortOf(sandbox, "TransformFactory")}", StringComparison.Ordinal);
        Assert.Equal(new Outcome(0, "11:one in ten.,", ""), await sandbox.RunAsync("sh", "-c", command));
    }
}
