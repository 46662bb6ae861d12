using System.Text;
using TacHost.Dns.Messages;
using TacHost.Dns.Zones;
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
            var zone = Encoding.UTF8.GetString(Mutated(random, Encoding.UTF8.GetBytes(_zones[random.Next(_zones.Length)])));
            Try<ZoneFileException>(zone, () => ZoneFile.Parse("zone", zone, null));
            var configuration = Encoding.UTF8.GetString(Mutated(random, Encoding.UTF8.GetBytes(_configurations[0])));
            Try<FormatException>(configuration, () => InetdConf.Parse(configuration));
            Try<ArgumentException>(configuration, () => InetdConf.Parse(configuration, skip: _ => { }), isRefused: false);
            var request = Mutated(random, _requests[random.Next(_requests.Length)]);
            Assert.InRange(SocksRequest.TryRead4(request, out _), -2, request.Length);
            Assert.InRange(SocksRequest.TryRead5(request, out _), -2, request.Length);
            var message = Mutated(random, _messages[random.Next(_messages.Length)]);
            Try<DnsFormatException>(Convert.ToHexString(message), () => DnsMessage.Read(message).Write());
        }
    }

    private static void Try<TRefusal>(string input, Action parse, bool isRefused = true)
        where TRefusal : Exception
    {
        var failure = Record.Exception(parse);
        Assert.True(failure is null || (isRefused && failure is TRefusal), $"{failure}\ninput:\n{input}");
    }

    /// <summary>Flips, deletes, inserts and repeats some bytes.</summary>
    private static byte[] Mutated(Random random, byte[] seed)
    {
        List<byte> bytes = [.. seed];
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(9, bytes.Count - at + 1)));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, random.Next(1, Math.Min(20, bytes.Count - at + 1))));
                    break;
            }
        }

        return [.. bytes];
    }
}
