using System.Net.Sockets;
using TacHost.Dns;
using TacHost.Dns.Messages;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

/// <summary>A zone, asked with <c>dig</c>.</summary>
public sealed class AuthoritativeTests
{
    [Theory]
    [InlineData("www.example.org A", "192.0.2.3", "192.0.2.4")]
    [InlineData("WWW.Example.ORG A", "192.0.2.3", "192.0.2.4")]
    [InlineData("ns.example.org AAAA", "2001:db8::1")]
    [InlineData("example.org NS", "ns.example.org.", "ns2.elsewhere.test.")]
    [InlineData("example.org MX", "10 mail.example.org.")]
    [InlineData("example.org TXT", "\"v=spf1 mx -all\" \"and \\\"more\\\"; of it\"")]
    [InlineData("example.org CAA", "0 issue \"ca.example.net\"")]
    [InlineData("example.org SOA", "ns.example.org. hostmaster.example.org. 2026010101 86400 7200 2419200 300")]
    [InlineData("_sip._tcp.example.org SRV", "10 20 5060 mail.example.org.")]
    [InlineData("odd.example.org TYPE65280", "\\# 4 01020304")]
    [InlineData("alias.example.org A", "www.example.org.", "192.0.2.3", "192.0.2.4")]
    [InlineData("alias.example.org CNAME", "www.example.org.")]
    [InlineData("outside.example.org A", "www.elsewhere.test.")]
    [InlineData("anything.at.all.wild.example.org TXT", "\"wild\"")]
    [InlineData("x.alias.wild.example.org A", "www.example.org.", "192.0.2.3", "192.0.2.4")]
    [InlineData("here.wild.example.org TXT")]
    [InlineData("*.wild.example.org TXT", "\"wild\"")]
    public async Task Dig_Name_GetsTheData(string question, params string[] expected)
    {
        await using var site = await DnsSite.StartAsync();
        Assert.Equal(expected, await site.ShortAsync(question.Split(' ')));
        Assert.Equal(expected, await site.ShortAsync([.. question.Split(' '), "+tcp"]));
    }

    [Theory]
    [InlineData("www.example.org MX", "NOERROR", "qr aa rd", 0)]
    [InlineData("b.c.example.org A", "NOERROR", "qr aa rd", 0)]
    [InlineData("wild.example.org TXT", "NOERROR", "qr aa rd", 0)]
    [InlineData("x.wild.example.org A", "NOERROR", "qr aa rd", 0)]
    [InlineData("nowhere.example.org A", "NXDOMAIN", "qr aa rd", 0)]
    [InlineData("below.here.wild.example.org TXT", "NXDOMAIN", "qr aa rd", 0)]
    [InlineData("dangling.example.org A", "NXDOMAIN", "qr aa rd", 1)]
    public async Task Dig_NothingThere_TellsTheSoaWithTheNegativeTtl(string question, string status, string flags, int answers)
    {
        await using var site = await DnsSite.StartAsync();
        var said = await site.DigAsync(question.Split(' '));
        Assert.Contains($"status: {status},", said, StringComparison.Ordinal);
        Assert.Contains($"flags: {flags}; QUERY: 1, ANSWER: {answers}, AUTHORITY: 1,", said, StringComparison.Ordinal);
        Assert.Contains("example.org.\t\t300\tIN\tSOA\tns.example.org.", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("www.sub.example.org A", "qr rd", 0)]
    [InlineData("sub.example.org NS", "qr rd", 0)]
    [InlineData("not.even.there.sub.example.org TXT", "qr rd", 0)]
    [InlineData("far.example.org A", "qr aa rd", 1)]
    public async Task Dig_BelowACut_IsReferredWithGlue(string question, string flags, int answers)
    {
        await using var site = await DnsSite.StartAsync();
        var said = await site.DigAsync(question.Split(' '));
        Assert.Contains($"flags: {flags}; QUERY: 1, ANSWER: {answers}, AUTHORITY: 2, ADDITIONAL: 4", said, StringComparison.Ordinal);
        Assert.Contains("sub.example.org.\t3600\tIN\tNS\tns.sub.example.org.", said, StringComparison.Ordinal);
        Assert.Contains("ns.sub.example.org.\t3600\tIN\tA\t192.0.2.7", said, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.8", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dig_DsAtACut_IsAnsweredByTheZoneAbove()
    {
        var digest = new string('A', 40);
        await using var site = await DnsSite.StartAsync(DnsSite.Zone + $"\nsub DS 1 13 1 {digest}\n");
        Assert.Equal([$"1 13 1 {digest}"], await site.ShortAsync("sub.example.org", "DS", "+nosplit"));
        Assert.Contains($"DS\t1 13 1 {digest}", await site.DigAsync("www.sub.example.org", "A", "+dnssec", "+nosplit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dig_MailServer_ComesWithItsAddress()
    {
        await using var site = await DnsSite.StartAsync();
        Assert.Contains("mail.example.org.\t300\tIN\tA\t192.0.2.2", await site.DigAsync("example.org", "MX"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dig_Any_GetsWhatRfc8482Says()
    {
        await using var site = await DnsSite.StartAsync();
        Assert.Equal(["\"RFC8482\" \"\""], await site.ShortAsync("example.org", "ANY"));
        Assert.Equal(["\"RFC8482\" \"\""], await site.ShortAsync("example.org", "ANY", "+notcp"));
        Assert.Equal(["www.example.org."], await site.ShortAsync("alias.example.org", "ANY"));
        Assert.Contains("status: NXDOMAIN", await site.DigAsync("nowhere.example.org", "ANY"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dig_AliasesInACircle_EndsWithWhatIsThere()
    {
        await using var site = await DnsSite.StartAsync();
        Assert.Equal(["second.example.org.", "first.example.org."], await site.ShortAsync("first.example.org", "A"));
    }

    [Theory]
    [InlineData("www.elsewhere.test A")]
    [InlineData(". NS")]
    [InlineData("org NS")]
    [InlineData("example.org AXFR")]
    [InlineData("example.org IXFR=1")]
    [InlineData("version.bind TXT CH")]
    [InlineData("example.org MAILB")]
    public async Task Dig_NotItsBusiness_IsRefused(string question)
    {
        await using var site = await DnsSite.StartAsync();
        var said = await site.DigAsync([.. question.Split(' ')]);
        Assert.True(said.Contains("status: REFUSED", StringComparison.Ordinal) || said.Contains("; Transfer failed.", StringComparison.Ordinal), said);
    }

    [Fact]
    public async Task Dig_CaseOfTheQuestion_IsKept()
    {
        await using var site = await DnsSite.StartAsync();
        var said = await site.DigAsync("wWw.eXample.oRG", "A");
        Assert.Contains(";wWw.eXample.oRG.\t\tIN\tA", said, StringComparison.Ordinal);
        Assert.Contains("wWw.eXample.oRG.\t600\tIN\tA\t192.0.2.3", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dig_LongAnswer_IsTruncatedAndComesByTcp()
    {
        await using var site = await DnsSite.StartAsync(DnsSite.Zone + string.Concat(Enumerable.Range(1, 100).Select(i => $"\nmany A 192.0.2.{i}")) + "\n");
        var cut = await site.DigAsync("many.example.org", "A", "+ignore");
        Assert.Contains("flags: qr aa tc rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1", cut, StringComparison.Ordinal);
        Assert.Equal(100, (await site.ShortAsync("many.example.org", "A")).Length);
        Assert.InRange((await site.SendAsync(DnsSite.Query("many.example.org").Write())).Length, 12, 512);
    }

    [Fact]
    public async Task Dig_Edns_HasItsSizeAndVersion()
    {
        await using var site = await DnsSite.StartAsync();
        Assert.Contains("; EDNS: version: 0, flags:; udp: 1232", await site.DigAsync("www.example.org", "A"), StringComparison.Ordinal);
        Assert.Contains("; EDNS: version: 0, flags: do; udp: 1232", await site.DigAsync("www.example.org", "A", "+dnssec"), StringComparison.Ordinal);
        Assert.DoesNotContain("EDNS", await site.DigAsync("www.example.org", "A", "+noedns"), StringComparison.Ordinal);
        Assert.Contains("status: BADVERS", await site.DigAsync("www.example.org", "A", "+edns=1", "+noednsnegotiation"), StringComparison.Ordinal);
        Assert.Equal(["192.0.2.3", "192.0.2.4"], await site.ShortAsync("www.example.org", "A", "+cookie", "+ednsopt=65001:0102", "+subnet=192.0.2.0/24"));
    }

    [Fact]
    public async Task Dig_OtherOpcode_IsNotImplemented()
    {
        await using var site = await DnsSite.StartAsync();
        foreach (var opcode in new[] { "STATUS", "NOTIFY", "UPDATE", "15" })
            Assert.Contains("status: NOTIMP", await site.DigAsync("www.example.org", "A", $"+opcode={opcode}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_IsNeverAnswered()
    {
        await using var site = await DnsSite.StartAsync();
        using UdpClient client = new(AddressFamily.InterNetwork);
        var query = DnsSite.Query("www.example.org").Write();
        var response = query.ToArray();
        response[2] |= 0x80;
        await client.SendAsync(response, site.EndPoint, TestContext.Current.CancellationToken);
        await client.SendAsync(query.AsMemory(0, 11), site.EndPoint, TestContext.Current.CancellationToken);
        await client.SendAsync(ReadOnlyMemory<byte>.Empty, site.EndPoint, TestContext.Current.CancellationToken);
        await client.SendAsync(query, site.EndPoint, TestContext.Current.CancellationToken);
        var first = await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().Soon();
        Assert.Equal(2, DnsMessage.Read(first.Buffer).Answers.Count);
        Assert.Equal(0, client.Available);
    }

    [Theory]
    [InlineData("12340100000000000000000000")]
    [InlineData("1234010000020000000000000000010001")]
    [InlineData("123401000001000000000000")]
    [InlineData("123401000001000000000000c00c00010001")]
    [InlineData("123401000001000000000000ff00010001")]
    [InlineData("1234010000010000000000010000010001000029")]
    [InlineData("12340100000100000000000200000100010000290200000000000000002902000000000000")]
    [InlineData("123401000001000000000001000001000101610000290200000000000000")]
    public async Task Garbage_WithAnId_IsAFormatError(string hex)
    {
        await using var site = await DnsSite.StartAsync();
        Assert.Equal("123481010000000000000000", Convert.ToHexStringLower(await site.SendAsync(Convert.FromHexString(hex))));
    }

    [Fact]
    public async Task Dig_Localhost_IsOnePortOnEachAddressByUdpAndTcp()
    {
        await using var files = await DnsSite.StartAsync();
        DnsServer server = new(0, "localhost", new DnsOptions { Zones = [new DnsZoneFile(files["zone"])] });
        await using var running = await RunningService.StartAsync(server);
        Assert.Single(server.LocalAddresses.Select(each => each.Port).Distinct());
        foreach (var endPoint in server.LocalAddresses)
        {
            foreach (var by in new[] { "+notcp", "+tcp" })
            {
                var said = await RealClient.RunAsync("dig", "", $"@{endPoint.Address}", "-p", $"{endPoint.Port}", "+time=10", "+tries=1", "+short", by, "mail.example.org");
                Assert.Equal("192.0.2.2\n", said);
            }
        }
    }

    [Fact]
    public async Task Tcp_SeveralQuestionsAtOnce_AreAllAnswered()
    {
        await using var site = await DnsSite.StartAsync();
        var queries = Enumerable.Range(0, 200).Select(i => DnsSite.Query(i % 2 == 0 ? "www.example.org" : "nowhere.example.org")).ToArray();
        var responses = await site.AskByTcpAsync(queries);
        Assert.Equal(queries.Select(query => query.Id).Order(), responses.Select(response => response.Id).Order());
        Assert.Equal(100, responses.Count(response => response.Answers.Count == 2));
    }

    [Fact]
    public async Task Stop_IdleConnection_IsClosed()
    {
        await using var site = await DnsSite.StartAsync();
        using var peer = await Peer.ConnectAsync(site.EndPoint);
        var query = DnsSite.Query("www.example.org").Write();
        await peer.SendAsync([0, (byte)query.Length, .. query]);
        var length = await peer.ReadAsync(2);
        await peer.ReadAsync((length[0] << 8) | length[1]);
        await site.StopAsync();
        Assert.Empty(await peer.ReadToEndAsync());
    }
}
