using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

/// <summary>Clients written with Twisted itself.</summary>
public sealed class TwistedClientsTests
{
    /// <summary>Another one that comes first in PATH has none of the distribution's packages.</summary>
    private const string DistributionsPython = "/usr/bin/python3";

    private const string Poem = """
        import sys
        try:
            from twisted.internet import reactor, protocol
        except ImportError:
            print('no twisted'); sys.exit()
        class PoetryClient(protocol.Protocol):
            poem = b''
            def dataReceived(self, data): self.poem += data
            def connectionLost(self, reason):
                sys.stdout.write(self.poem.decode()); reactor.stop()
        factory = protocol.ClientFactory.forProtocol(PoetryClient)
        factory.clientConnectionFailed = lambda connector, reason: reactor.stop()
        reactor.connectTCP('127.0.0.1', int(sys.argv[1]), factory)
        reactor.run()
        """;

    private const string Netstrings = """
        import sys
        try:
            from twisted.internet import reactor, protocol
            from twisted.protocols import basic
        except ImportError:
            print('no twisted'); sys.exit()
        class Client(basic.NetstringReceiver):
            answers = []
            def connectionMade(self):
                for text in (b'hello', b'', b'x' * 90000): self.sendString(text)
            def stringReceived(self, text):
                self.answers.append(text)
                if len(self.answers) == 3: self.transport.loseConnection()
            def connectionLost(self, reason):
                print([len(a) for a in self.answers], self.answers[0].decode()); reactor.stop()
        factory = protocol.ClientFactory.forProtocol(Client)
        factory.clientConnectionFailed = lambda connector, reason: reactor.stop()
        reactor.connectTCP('127.0.0.1', int(sys.argv[1]), factory)
        reactor.run()
        """;

    /// <summary>Reads endpoints, one a line in hexadecimal digits, and prints their parts in the order of their names.</summary>
    private const string Endpoints = """
        import sys
        try:
            from twisted.internet import endpoints
        except ImportError:
            print('no twisted'); sys.exit()
        for line in sys.stdin:
            unnamed, named = endpoints._parse(bytes.fromhex(line).decode())
            parts = [('', part) for part in unnamed] + sorted(named.items())
            print(';'.join(name + '=' + value.encode().hex() for name, value in parts))
        """;

    private static readonly Gen<string> _text = Gen.String[Gen.Char[@":=\ab/0 é"], 1, 12];

    [Fact]
    public async Task EndpointToString_AnyPath_IsTheSameForTwisted()
    {
        List<string> paths = [@"\", ":", "=", @"\:=", "a=b", "/run/a:b", "é"];
        _text.Sample(paths.Add, iter: 300, threads: 1);
        var texts = paths.SelectMany(path => (string[])[Endpoint.Parse($"unix:address={Escaped(path)}:mode=600").ToString()!, Endpoint.ParseClient($"tls:host={Escaped(path)}:port=1:trustRoots={Escaped(path)}").ToString()!]).ToList();
        var expected = paths.SelectMany(path => (string[])[$"={Hex("unix")};={Hex(path)};mode={Hex("600")}", $"={Hex("tls")};={Hex(path)};={Hex("1")};trustRoots={Hex(path)}"]);
        var output = await RealClient.RunAsync(DistributionsPython, string.Concat(texts.Select(text => Hex(text) + "\n")), "-c", Endpoints);
        Assert.SkipWhen(output == "no twisted\n", "python3-twisted is not installed");
        Assert.Equal(expected, output.TrimEnd('\n').Split('\n'));

        static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

        static string Escaped(string text) => Regex.Replace(text, @"[\\:=]", @"\$0");
    }

    [Fact]
    public async Task TcpServer_TwistedClient_GetsThePoem() =>
        Assert.Equal("I celebrate myself.\n", await RunAsync(Poem, RecordingFactory.Saying("I celebrate myself.\n"u8.ToArray())));

    [Fact]
    public async Task NetstringProtocol_TwistedNetstringReceiver_GetsItsAnswers() =>
        Assert.Equal("[5, 0, 90000] HELLO\n", await RunAsync(Netstrings, new FactoryOf(_ => new RecordingNetstrings { WhenString = (protocol, text) => protocol.SendString(text.ToUpperInvariant()) })));

    [Fact]
    public async Task NetstringProtocol_PythonSocketByteByByte_GetsItsAnswer()
    {
        const string script = """
            import socket, sys
            s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b'5:hello,': s.sendall(bytes([byte]))
            answer = b''
            while not answer.endswith(b','): answer += s.recv(1)
            print(answer.decode())
            """;
        Assert.Equal("5:HELLO,\n", await RunAsync(script, new FactoryOf(_ => new RecordingNetstrings { WhenString = (protocol, text) => protocol.SendString(text.ToUpperInvariant()) })));
    }

    private static async Task<string> RunAsync(string script, ServerFactory factory)
    {
        TcpServer server = new(0, factory, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        var output = await RealClient.RunAsync(DistributionsPython, "", "-c", script, server.LocalAddresses[0].Port.ToString(CultureInfo.InvariantCulture));
        Assert.SkipWhen(output == "no twisted\n", "python3-twisted is not installed");
        return output;
    }
}
