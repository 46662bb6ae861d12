using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Dns;
using TacHost.Dns.Messages;

namespace TacHost.Servers.Tests.Dns.Fakes;

/// <summary>A DNS server on a loopback port, with files of its own.</summary>
internal sealed class DnsSite : IAsyncDisposable
{
    /// <summary>A zone with something of everything.</summary>
    public const string Zone = """
        $ORIGIN example.org.
        $TTL 1h
        @       IN SOA ns.example.org. hostmaster.example.org. ( 2026010101 ; serial
                    1d 2h 4w
                    5m )    ; minimum
                NS  ns
                NS  ns2.elsewhere.test.
                MX  10 mail
                TXT "v=spf1 mx -all" "and \"more\"; of it"
                CAA 0 issue "ca.example.net"
        ns      A   192.0.2.1
                AAAA 2001:db8::1
        mail    300 IN A 192.0.2.2
        www     IN 10m A 192.0.2.3
                A   192.0.2.4
        alias   CNAME www
        outside CNAME www.elsewhere.test.
        first   CNAME second
        second  CNAME first
        far     CNAME www.sub
        dangling CNAME nowhere
        *.wild  TXT "wild"
        here.wild A 192.0.2.5
        *.alias.wild CNAME www
        a.b.c   A   192.0.2.6
        _sip._tcp SRV 10 20 5060 mail
        odd     TYPE65280 \# 4 ( 0102
                     0304 )
        sub     NS  ns.sub
                NS  ns
        ns.sub  A   192.0.2.7
        www.sub A   192.0.2.8
        big     TXT "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" 1 2 3
        """;

    private readonly TemporaryDirectory _directory = new();
    private RunningService? _running;

    private DnsSite()
    {
    }

    public DnsServer Server { get; private set; } = null!;

    public CollectingLoggerFactory Log => _running!.Log;

    public string Port => EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    public IPEndPoint EndPoint => Server.LocalAddresses[0];

    public string this[string file] => _directory[file];

    /// <summary>Starts one.</summary>
    /// <param name="zone">Its zone, or null for none.</param>
    /// <param name="hosts">Its hosts file, or null for none.</param>
    /// <param name="options">The rest.</param>
    public static async Task<DnsSite> StartAsync(string? zone = Zone, string? hosts = null, DnsOptions? options = null)
    {
        DnsSite site = new();
        options ??= new DnsOptions();
        if (zone is not null)
        {
            await File.WriteAllTextAsync(site["zone"], zone);
            options = options with { Zones = [new DnsZoneFile(site["zone"]), .. options.Zones] };
        }

        if (hosts is not null)
        {
            await File.WriteAllTextAsync(site["hosts"], hosts);
            options = options with { HostsFile = site["hosts"] };
        }

        try
        {
            site.Server = new DnsServer(0, "127.0.0.1", options);
            site._running = await RunningService.StartAsync(site.Server);
            return site;
        }
        catch
        {
            site._directory.Dispose();
            throw;
        }
    }

    public Task StopAsync() => _running!.StopAsync();

    /// <summary>Asks with dig, and gets what it prints.</summary>
    public Task<string> DigAsync(params string[] words) => RealClient.RunAsync("dig", "", ["@127.0.0.1", "-p", Port, "+time=10", "+tries=1", "+nocookie", .. words]);

    /// <summary>Asks with dig, and gets the data of the answers.</summary>
    public async Task<string[]> ShortAsync(params string[] words) => (await DigAsync([.. words, "+short"])).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Sends bytes as a datagram, and gets the response.</summary>
    public async Task<byte[]> SendAsync(byte[] request)
    {
        using UdpClient client = new(AddressFamily.InterNetwork);
        await client.SendAsync(request, EndPoint, TestContext.Current.CancellationToken);
        return (await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().Soon()).Buffer;
    }

    /// <summary>Asks by UDP.</summary>
    public async Task<DnsMessage> AskAsync(DnsMessage query) => DnsMessage.Read(await SendAsync(query.Write()));

    /// <summary>Asks by UDP.</summary>
    public Task<DnsMessage> AskAsync(string name, RecordType type = RecordType.A) => AskAsync(Query(name, type));

    public static DnsMessage Query(string name, RecordType type = RecordType.A, Edns? edns = null, bool recursionDesired = true) => new()
    {
        Id = (ushort)Random.Shared.Next(1 << 16),
        RecursionDesired = recursionDesired,
        Question = new DnsQuestion(DnsName.Parse(name, DnsName.Root), type),
        Edns = edns,
    };

    /// <summary>Asks by TCP, on one connection.</summary>
    public async Task<DnsMessage[]> AskByTcpAsync(params DnsMessage[] queries)
    {
        using var peer = await Peer.ConnectAsync(EndPoint);
        await peer.SendAsync([.. queries.Select(query => query.Write()).SelectMany(bytes => (byte[])[(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes])]);
        List<DnsMessage> responses = [];
        while (responses.Count < queries.Length)
        {
            var length = await peer.ReadAsync(2);
            responses.Add(DnsMessage.Read(await peer.ReadAsync((length[0] << 8) | length[1])));
        }

        return [.. responses];
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _directory.Dispose();
    }
}
