using System.Net;
using System.Text;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Tests;

/// <summary>Mutated input for the parsers of files and of texts in this library: each accepts it or refuses it by its own exception, and nothing else.</summary>
public sealed class ParserFuzzTests : IDisposable
{
    private const int Short = 2_000, Long = 50_000;

    private static readonly string[] _servers =
    [
        "tcp:80:interface=127.0.0.1", "tls:443:certificate=a.pem:key=b.pem:clientCA=c.pem", "unix:/run/x.sock:mode=660", "systemd:name=http", "haproxy:trust=10.0.0.0/8,::1:tcp:80", "memory:x", "udp:53", "tls:0:selfSigned=a,b.c", "tcp:80:backlog=5:interface=\\:\\:1",
    ];

    private static readonly string[] _clients = ["tcp:example.org:80:timeout=3", "tls:[2001:db8::1]:443:trustRoots=ca.pem", "unix:/run/x.sock", "memory:x"];

    private static readonly string[] _addresses = ["192.0.2.1", "2001:db8::1%eth0", "::ffff:1.2.3.4", "10.0.0.0/8", "fe80::/10", "[::1]:80", "127.0.0.1:65535"];

    private static readonly byte[][] _proxyLines = ["PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"u8.ToArray(), "PROXY TCP6 2001:db8::1 ::1 1 65535\r\n"u8.ToArray(), "PROXY UNKNOWN\r\n"u8.ToArray()];

    private static readonly byte[][] _proxyHeaders =
    [
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 1, 220, 4, 1, 187],
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x21, 0, 36, .. new byte[36]],
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0],
    ];

    private static readonly string[] _secrets = ["/run/secrets/password", "password.txt", "../a b/./ü"];

    private static readonly string[] _users =
    [
        "# users\nalice:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n\nbob:!$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.:/home:x\njörg:$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.\n",
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Parsers_MutatedInput_ThrowNothingElse() => Run(Short);

    [Fact]
    [LongSet]
    public void Parsers_MuchMutatedInput_ThrowNothingElse() => Run(Long);

    private void Run(int count)
    {
        Random random = new(1021);
        for (var i = 0; i < count; i++)
        {
            var server = Mutation.Of(random, _servers);
            Mutation.Try<FormatException>(server, () => Endpoint.Parse(server));
            var client = Mutation.Of(random, _clients);
            Mutation.Try<FormatException>(client, () => Endpoint.ParseClient(client));
            var address = Mutation.Of(random, _addresses);
            Mutation.Try<FormatException>(address, () => ReadAddress(address), isRefused: false);
            var line = Mutation.Of(random, _proxyLines[random.Next(_proxyLines.Length)]);
            Mutation.Try<FormatException>(Convert.ToHexString(line), () => ProxyHeader.ParseLine(line));
            var header = Mutation.Of(random, _proxyHeaders[random.Next(_proxyHeaders.Length)]);
            Mutation.Try<FormatException>(Convert.ToHexString(header), () => ProxyHeader.ParseBinary(header.AsSpan(0, Math.Min(16, header.Length)), header.AsSpan(Math.Min(16, header.Length))));
            var secret = Mutation.Of(random, _secrets);
            Mutation.Try<FormatException>(secret, () => Secret.Parse(secret, null));
        }

        for (var i = 0; i < count / 10; i++)
        {
            File.WriteAllBytes(_directory["users"], Mutation.Of(random, Encoding.UTF8.GetBytes(_users[0])));
            PasswordFile users = new(_directory["users"]);
            Mutation.Try<PasswordFileException>(File.ReadAllText(_directory["users"]), users.Load);
        }
    }

    /// <summary>What the parsers of addresses accept is an address in one form only.</summary>
    private static void ReadAddress(string text)
    {
        if (AddressText.TryParse(text, out var address))
            Assert.Equal(address, IPAddress.Parse(address.ToString()));
        if (AddressText.TryParseNetwork(text, out var network))
            Assert.Equal(network, IPNetwork.Parse(network.ToString()));
        if (AddressText.TryParseEndPoint(text, out var endPoint))
            Assert.Equal(endPoint, IPEndPoint.Parse(endPoint.ToString()));
        if (AddressText.TryParseScoped(text, out var scoped))
            Assert.False(AddressText.IsAmbiguous(text), scoped.ToString());
    }
}
