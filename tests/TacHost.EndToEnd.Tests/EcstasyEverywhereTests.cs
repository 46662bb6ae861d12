using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The same poem, in every way that ecstasy-everywhere.csx serves it, through clients that nobody here wrote.</summary>
public sealed class EcstasyEverywhereTests : IAsyncDisposable
{
    private const string AskByDatagram = """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(60)
        s.connect(('127.0.0.1', int(sys.argv[1])))
        text, whole = {}, 1
        while sum(map(len, text.values())) < whole:
            s.send(b'ask ecstasy 0\n'.ljust(1500))
            for _ in range(3):
                line, piece = s.recv(2000).split(b'\n', 1)
                kind, name, offset, whole, edition = line.split()
                assert (kind, name) == (b'poem', b'ecstasy')
                text[int(offset)], whole = piece, int(whole)
        sys.stdout.buffer.write(b''.join(text[offset] for offset in sorted(text)))
        """;

    private const string CallByXmlRpc = """
        import sys, xmlrpc.client
        server = xmlrpc.client.ServerProxy('http://127.0.0.1:' + sys.argv[1])
        assert server.listPoems() == ['ecstasy', 'science', 'fascination'], server.listPoems()
        assert 'getPoem' in server.system.listMethods()
        for method, code in ((lambda: server.getPoem('wonder'), 1), (lambda: server.burnPoem(), -32601), (lambda: server.getPoem(1, 2), -32602)):
            try:
                method()
                assert False
            except xmlrpc.client.Fault as fault:
                assert fault.faultCode == code, fault
        assert server.getPoem() == server.getPoem('ecstasy')
        sys.stdout.buffer.write(server.getPoem('ecstasy').encode())
        """;

    private const string FetchByTwisted = """
        import sys
        from twisted.internet import endpoints, protocol, reactor
        class Poem(protocol.Protocol):
            def dataReceived(self, data):
                sys.stdout.buffer.write(data)
            def connectionLost(self, reason):
                reactor.stop()
        endpoints.connectProtocol(endpoints.clientFromString(reactor, 'tcp:127.0.0.1:' + sys.argv[1]), Poem())
        reactor.run()
        """;

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Tcp_NcAndNcatAndTwisted_GetThePoem()
    {
        await StartAsync();
        var port = EditedDeployment.PortOf(_sandbox, "TcpServer] PoetryFactory");
        await GetsThePoemAsync("nc", $"nc -N 127.0.0.1 {port} < /dev/null");
        await GetsThePoemAsync("ncat", $"ncat 127.0.0.1 {port} < /dev/null");
        Assert.SkipUnless(await Twisted.IsInstalledAsync(_sandbox), Twisted.SkipReason);
        await GetsThePoemAsync("python3", $"{Twisted.Python} {_sandbox.Write("fetch.py", FetchByTwisted)} {port}");
    }

    [Fact]
    public async Task Tls_NcatAndOpenSsl_GetThePoemUnderTheFingerprintOfTheLog()
    {
        await StartAsync();
        var port = EditedDeployment.PortOf(_sandbox, "TlsServer] PoetryFactory");
        await GetsThePoemAsync("ncat", $"ncat --ssl 127.0.0.1 {port} < /dev/null");
        await GetsThePoemAsync("openssl", $"openssl s_client -quiet -connect 127.0.0.1:{port} -servername localhost 2> /dev/null < /dev/null");
        var print = await _sandbox.RunAsync("sh", "-c", $"openssl s_client -connect 127.0.0.1:{port} < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint -sha256");
        Assert.Contains(print.Output.Trim()[^95..].Replace(":", "", StringComparison.Ordinal), _sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unix_Socat_GetsThePoem()
    {
        await StartAsync();
        await GetsThePoemAsync("socat", "socat -u UNIX-CONNECT:ecstasy.sock -");
    }

    [Fact]
    public async Task BehindProxy_SocatWithAHeader_GetsThePoemAndIsLoggedAsWhoItIs()
    {
        await StartAsync();
        var port = EditedDeployment.PortOf(_sandbox, "StreamServer] PoetryFactory");
        await GetsThePoemAsync("socat", $@"printf 'PROXY TCP4 192.0.2.7 192.0.2.1 1234 80\r\n' | socat -t 60 - TCP:127.0.0.1:{port}");
        await Until.TrueAsync(() => _sandbox.Log.Contains("bytes of poetry to 192.0.2.7:1234", StringComparison.Ordinal), "the line that names the client");
    }

    [Fact]
    public async Task Udp_PythonAndSocat_GetThePoemInOrder()
    {
        await StartAsync();
        var port = EditedDeployment.PortOf(_sandbox, "PoetryDatagrams");
        await GetsThePoemAsync("python3", $"python3 {_sandbox.Write("ask.py", AskByDatagram)} {port}");
        Assert.SkipUnless(Program.IsInstalled("socat"), "socat is not installed");
        var answer = await _sandbox.RunAsync("sh", "-c", $@"printf '%-500s' 'ask science 0
' | socat -t 2 - UDP4:127.0.0.1:{port} | head -c 60");
        Assert.StartsWith($"poem science 0 {EditedDeployment.Poem("science").Length} ", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_Curl_GetsThePoemOnceAndKnowsItThen()
    {
        await StartAsync();
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        var site = $"http://127.0.0.1:{Ports("HttpServer")[0]}";
        await GetsThePoemAsync("curl", $"curl -s --fail --etag-save tag {site}/poems/ecstasy");
        Assert.Equal("304 0", (await CurlAsync("--etag-compare", "tag", "-o", "again", "-w", "%{http_code} %{size_download}", $"{site}/poems/ecstasy")).Output);
        Assert.Equal("405 text/plain; charset=utf-8", (await CurlAsync("-X", "DELETE", "-o", "refused", "-w", "%{http_code} %{content_type}", $"{site}/poems/ecstasy")).Output);
        Assert.Equal("404", (await CurlAsync("-o", "nothing", "-w", "%{http_code}", $"{site}/poems/wonder")).Output);
        var head = (await CurlAsync("--head", $"{site}/poems/ecstasy")).Output;
        Assert.Contains($"Content-Length: {EditedDeployment.Poem("ecstasy").Length}\r\n", head, StringComparison.Ordinal);
        Assert.Matches("ETag: \"[0-9a-f]{32}\"\r\n", head);
        Assert.Contains("/poems/fascination", (await CurlAsync($"{site}/")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task XmlRpc_PythonsClient_GetsThePoemAndFaults()
    {
        await StartAsync();
        await GetsThePoemAsync("python3", $"python3 {_sandbox.Write("call.py", CallByXmlRpc)} {Ports("HttpServer")[1]}");
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    private Task<int> StartAsync() => _sandbox.StartDaemonAsync(EditedDeployment.Write(
        _sandbox,
        "ecstasy-everywhere",
        [.. ((string[])["tcpPort", "tlsPort", "udpPort", "httpPort", "xmlRpcPort"]).Select(port => (port, "0")), ("iface", "\"127.0.0.1\""), ("behindProxy", "\"haproxy:tcp:0:interface=127.0.0.1\"")]));

    private string[] Ports(string factory) => [.. Regex.Matches(_sandbox.Log, $@"{factory} starting on 127\.0\.0\.1:(?<port>\d+)").Select(match => match.Groups["port"].Value)];

    private Task<Outcome> CurlAsync(params string[] arguments) => _sandbox.RunAsync("curl", ["-s", .. arguments]);

    /// <summary>Runs a client whose output is to be the poem, byte for byte.</summary>
    private async Task GetsThePoemAsync(string client, string command)
    {
        Assert.SkipUnless(Program.IsInstalled(client), $"{client} is not installed");
        var outcome = await _sandbox.RunAsync("sh", "-c", $"{command} > got; cmp got poetry/ecstasy.txt");
        Assert.Equal(new Outcome(0, "", outcome.Error), outcome);
    }
}
