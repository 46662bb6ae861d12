using System.Text;
using TacHost.Dns.Messages;
using TacHost.Dns.Zones;
using TacHost.Ftp;
using TacHost.Processes.Inetd;
using TacHost.Proxies.Socks;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests;

/// <summary>Mutated input for every parser of a file or of the network: a parser accepts it or refuses it by its own exception, and nothing else.</summary>
public sealed class ParserFuzzTests
{
    private const int Short = 2_000, Long = 50_000;

    private static readonly string[] _zones = [DnsSite.Zone, "$ORIGIN a.\n$TTL 1\n@ SOA a b 1 2 3 4 5\n$GENERATE 1-9/2 h$ A 192.0.2.$\nx SVCB 1 . alpn=h2 port=53\nl LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m\n"];

    private static readonly string[] _configurations = ["ftp stream tcp nowait root /bin/cat cat -u\n[::1]:7 dgram udp6 wait nobody.nogroup internal echo\n*:\n7 stream tcp46 nowait/10/5/2 root:root internal\n/run/x stream unix wait.9 root \"/bin/cat\" 'a b' # c\n"];

    private static readonly byte[] _hosts = "127.0.0.1 localhost\n::1 a.b c # d\n192.168.0.1\tx-1\tx_2\nfe80::1%lo y\n"u8.ToArray();

    private static readonly string[] _options = ["2121-2130", "10.0.0.0/8:80-90", "*.example.org:443", "[2001:db8::/32]:22", "nobody.nogroup:daemon"];

    private static readonly byte[][] _requests = [[4, 1, 0, 80, 0, 0, 0, 1, 97, 0, 98, 46, 99, 0], [4, 2, 0, 80, 127, 0, 0, 1, 0], [5, 1, 0, 1, 127, 0, 0, 1, 0, 80], [5, 3, 0, 3, 3, 97, 46, 98, 0, 80], [5, 1, 0, 4, .. new byte[16], 0, 80]];

    private static readonly byte[][] _messages = [[0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 97, 0, 0, 1, 0, 1, 0, 0, 41, 16, 0, 0, 0, 128, 0, 0, 0], [0, 1, 129, 128, 0, 1, 0, 1, 0, 0, 0, 0, 1, 97, 0, 0, 15, 0, 1, 192, 12, 0, 15, 0, 1, 0, 0, 0, 9, 0, 6, 0, 1, 1, 98, 192, 12]];

    [Fact]
    public void Parsers_MutatedInput_ThrowNothingElse() => Run(Short);

    [Fact]
    [LongSet]
    public void Parsers_MuchMutatedInput_ThrowNothingElse() => Run(Long);

    private static void Run(int count)
    {
        Random random = new(1021);
        for (var i = 0; i < count; i++)
        {
            var zone = Encoding.UTF8.GetString(Mutation.Of(random, Encoding.UTF8.GetBytes(_zones[random.Next(_zones.Length)])));
            Mutation.Try<ZoneFileException>(zone, () => ZoneFile.Parse("zone", zone, null));
            var configuration = Encoding.UTF8.GetString(Mutation.Of(random, Encoding.UTF8.GetBytes(_configurations[0])));
            Mutation.Try<FormatException>(configuration, () => InetdConf.Parse(configuration));
            Mutation.Try<ArgumentException>(configuration, () => InetdConf.Parse(configuration, skip: _ => { }), isRefused: false);
            var hosts = Encoding.UTF8.GetString(Mutation.Of(random, _hosts));
            Mutation.Try<FormatException>(hosts, () => HostsFile.Parse(hosts), isRefused: false);
            var option = Encoding.UTF8.GetString(Mutation.Of(random, Encoding.UTF8.GetBytes(_options[random.Next(_options.Length)])));
            Mutation.Try<FormatException>(option, () => SocksDestination.Parse(option));
            Mutation.Try<FormatException>(option, () => PortRange.Parse(option, null));
            var request = Mutation.Of(random, _requests[random.Next(_requests.Length)]);
            Assert.InRange(SocksRequest.TryRead4(request, out _), -2, request.Length);
            Assert.InRange(SocksRequest.TryRead5(request, out _), -2, request.Length);

            // A datagram has the same form of address after three bytes.
            Assert.InRange(SocksAddress.TryRead(request.AsSpan(Math.Min(3, request.Length)), out _), -2, request.Length);
            var message = Mutation.Of(random, _messages[random.Next(_messages.Length)]);
            Mutation.Try<DnsFormatException>(Convert.ToHexString(message), () => DnsMessage.Read(message).Write());
        }
    }
}
