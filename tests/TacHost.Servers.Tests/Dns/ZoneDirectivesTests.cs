using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TacHost.Dns;
using TacHost.Dns.Messages;
using TacHost.Dns.Zones;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

/// <summary>Zone files as BIND reads them: $GENERATE, $INCLUDE and the types that dig knows by name.</summary>
public sealed class ZoneDirectivesTests
{
    private const string Head = "$ORIGIN example.org.\n$TTL 300\n@ IN SOA ns host 1 1d 2h 4w 5m\n NS ns\nns A 192.0.2.1\n";

    [Theory]
    [InlineData("$GENERATE 1-4 host$ A 10.0.0.$", "host1 A", "10.0.0.1")]
    [InlineData("$GENERATE 1-4 host$ A 10.0.0.$", "host4 A", "10.0.0.4")]
    [InlineData("$GENERATE 1-4 host$ A 10.0.0.$", "host5 A", "")]
    [InlineData("$GENERATE 0-8/4 host$ 60 IN A 10.0.0.$", "host8 A", "10.0.0.8")]
    [InlineData("$GENERATE 0-8/4 host$ 60 IN A 10.0.0.$", "host7 A", "")]
    [InlineData("$GENERATE 1-2 h${9,4} CNAME x${-1,3,x}.${16,0,X}", "h0011 CNAME", "x001.12.example.org.")]
    [InlineData("$GENERATE 10-10 h PTR ${0,0,o}.${0,7,n}.y", "h PTR", "12.a.0.0.0.y.example.org.")]
    [InlineData("$GENERATE 171-171 h PTR ${0,0,N}.y", "h PTR", "B.A.y.example.org.")]
    [InlineData("$GENERATE 1-1 h TXT \\$$$-$", "h TXT", "\"$$-1\"")]
    [InlineData("$GENERATE 1-2 h$ MX \"1$ mail$\"", "h2 MX", "12 mail2.example.org.")]
    [InlineData("$GENERATE 1-2 @ NS ns$", "@ NS", "ns.example.org.|ns1.example.org.|ns2.example.org.")]
    [InlineData("@ IN HTTPS 1 . alpn=\"h2,h3\"", "@ HTTPS", "1 . alpn=\"h2,h3\"")]
    [InlineData("@ HTTPS 16 svc port=8443 mandatory=port,alpn ipv6hint=2001:db8::1 alpn=h2 no-default-alpn ipv4hint=192.0.2.1,192.0.2.2", "@ HTTPS",
        "16 svc.example.org. mandatory=alpn,port alpn=\"h2\" no-default-alpn port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1")]
    [InlineData("_x SVCB 1 . key1=\\002h2 dohpath=\"/q{?dns}\" key667=\"a b\"", "_x SVCB", "1 . alpn=\"h2\" key7=\"/q{?dns}\" key667=\"a b\"")]
    [InlineData("@ HTTPS 0 elsewhere.test.", "@ HTTPS", "0 elsewhere.test.")]
    [InlineData("@ IN LOC 52 22 23.000 N 4 53 32.000 E -2.00m", "@ LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m")]
    [InlineData("@ IN LOC 42 S 71 6 W 24 30m 0.25m 2000m", "@ LOC", "42 0 0.000 S 71 6 0.000 W 24.00m 30m 0.20m 2000m")]
    [InlineData("@ IN RP admin txt", "@ RP", "admin.example.org. txt.example.org.")]
    [InlineData("@ IN SPF \"v=spf1 -all\"", "@ SPF", "\"v=spf1 -all\"")]
    [InlineData("@ AFSDB 1 afs", "@ AFSDB", "1 afs.example.org.")]
    [InlineData("@ URI 10 1 \"https://example.org/\"", "@ URI", "10 1 \"https://example.org/\"")]
    [InlineData("@ EUI48 00-00-5e-00-53-2a", "@ EUI48", "00-00-5e-00-53-2a")]
    [InlineData("@ OPENPGPKEY AQ ID", "@ OPENPGPKEY", "AQID")]
    [InlineData("@ CDS 1 13 2 ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB", "@ CDS", "1 13 2 ABABABABABABABABABABABABABABABABABABABABABABABABABABABAB ABABABAB")]
    [InlineData("@ RRSIG A 13 2 300 20300101000000 20200101000000 1 @ AQID", "@ RRSIG", "A 13 2 300 20300101000000 20200101000000 1 example.org. AQID")]
    [InlineData("@ NSEC next A NS SOA CAA TYPE65280", "@ NSEC", "next.example.org. A NS SOA CAA TYPE65280")]
    [InlineData("2t7b4g4vsa5smi47k61mv5bv1a22bojq NSEC3 1 0 5 AABB 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A MX", "2t7b4g4vsa5smi47k61mv5bv1a22bojq NSEC3", "1 0 5 AABB 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A MX")]
    [InlineData("@ NSEC3PARAM 1 0 0 -", "@ NSEC3PARAM", "1 0 0 -")]
    [InlineData("old DNAME new.test.", "a.b.old A", "new.test.|a.b.new.test.")]
    [InlineData("old DNAME new\na.new A 192.0.2.9", "a.old A", "new.example.org.|a.new.example.org.|192.0.2.9")]
    [InlineData("old DNAME new\nold A 192.0.2.9", "old A", "192.0.2.9")]
    [InlineData("old DNAME new", "old DNAME", "new.example.org.")]
    [InlineData("old DNAME new\na.old A 192.0.2.9\na.new A 192.0.2.10", "a.old A", "new.example.org.|a.new.example.org.|192.0.2.10")]
    [InlineData("x.y DNAME y\nq.y A 192.0.2.9", "q.x.x.y A", "y.example.org.|q.x.y.example.org.|y.example.org.|q.y.example.org.|192.0.2.9")]
    public async Task Zone_Dig_PrintsTheData(string lines, string question, string expected)
    {
        await using var site = await DnsSite.StartAsync(Head + lines + "\n");
        var words = question.Split(' ');
        var name = words[0] == "@" ? "example.org" : words[0] + ".example.org";
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(), (await site.ShortAsync(name, words[1])).Where(line => !line.StartsWith(';')).Order());
    }

    [Fact]
    public async Task Dname_NameThatBecomesTooLong_IsYxdomain()
    {
        var label = new string('x', 60);
        await using var site = await DnsSite.StartAsync(Head + $"old DNAME {label}.{label}.{label}.new\n");
        Assert.Contains("status: YXDOMAIN", await site.DigAsync($"{label}.old.example.org", "A"), StringComparison.Ordinal);
        Assert.Contains("status: NOERROR", await site.DigAsync("a.old.example.org", "CNAME"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_AddressesOfTheTarget_ComeAlong()
    {
        await using var site = await DnsSite.StartAsync(Head + "@ A 192.0.2.8\n@ HTTPS 1 .\n");
        Assert.Contains("192.0.2.8", await site.DigAsync("example.org", "HTTPS"), StringComparison.Ordinal);
    }

    [Fact]
    public void Include_OriginAndNameBefore_HoldAgainBehindIt()
    {
        using TemporaryDirectory directory = new();
        Directory.CreateDirectory(directory["sub"]);
        File.WriteAllText(directory["zone"], Head + "www A 192.0.2.2\n$INCLUDE sub/more lower\n MX 10 mail\nmail A 192.0.2.3\n");
        File.WriteAllText(directory["sub/more"], "www A 192.0.2.4\n$ORIGIN deeper\n$INCLUDE again\n");
        File.WriteAllText(directory["sub/again"], "www A 192.0.2.5\n");
        List<string> included = [];
        var zone = ZoneFile.Read(directory["zone"], null, included.Add);
        Assert.Equal(8, zone.Count);
        Assert.Equal([directory["sub/more"], directory["sub/again"]], included);
        foreach (var name in new[] { "www.lower", "www.deeper.lower", "mail" })
            Assert.NotEmpty(Answers(zone, name, RecordType.A));
        Assert.NotEmpty(Answers(zone, "www", RecordType.MX));
    }

    [Theory]
    [InlineData("www A nothing\n", "more", 1, "'nothing' is not an IPv4 address")]
    [InlineData("\n$INCLUDE zone\n", "more", 2, "includes itself")]
    [InlineData("www.elsewhere.test. A 192.0.2.1\n", "more", 1, "'www.elsewhere.test.' is not in the zone 'example.org.'")]
    [InlineData("@ SOA a b 1 1 1 1 1\n", "more", 1, "it has a second SOA record")]
    public void Include_Mistake_IsToldWithItsFileAndLine(string more, string file, int line, string reason)
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["zone"], Head + "$INCLUDE more\n");
        File.WriteAllText(directory["more"], more);
        var e = Assert.Throws<ZoneFileException>(() => ZoneFile.Read(directory["zone"], null, _ => { }));
        Assert.Equal((directory[file], line), (e.File, e.Line));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Include_ChainOfFiles_IsNotFollowedForEver()
    {
        using TemporaryDirectory directory = new();
        for (var i = 0; i < 20; i++)
            File.WriteAllText(directory[$"f{i}"], (i == 0 ? Head : "") + $"$INCLUDE f{i + 1}\n");
        Assert.Contains("more than 16 files include each other", Assert.Throws<ZoneFileException>(() => ZoneFile.Read(directory["f0"], null, _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Include_ChangedFile_IsReadAgainAlsoAfterAMistake()
    {
        FakeTimeProvider clock = new();
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["more"], "www A 192.0.2.2\n");
        await using var site = await DnsSite.StartAsync(Head + $"$INCLUDE {directory["more"]}\n", options: new DnsOptions { TimeProvider = clock });
        Assert.Equal(["192.0.2.2"], await site.ShortAsync("www.example.org", "A"));
        await PassAsync("www A nothing\n", LogLevel.Error);
        Assert.Equal(["192.0.2.2"], await site.ShortAsync("www.example.org", "A"));
        await PassAsync("www A 192.0.2.33\n", LogLevel.Information);
        Assert.Equal(["192.0.2.33"], await site.ShortAsync("www.example.org", "A"));

        async Task PassAsync(string text, LogLevel level)
        {
            var before = Count();
            await File.WriteAllTextAsync(directory["more.new"], text, TestContext.Current.CancellationToken);
            File.Move(directory["more.new"], directory["more"], overwrite: true);
            await Until.TrueAsync(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    return Count() > before;
                },
                "the changed file is seen");

            int Count() => site.Log.Lines.Count(line => line.Level == level && (level == LogLevel.Error || line.Text.Contains("read again", StringComparison.Ordinal)));
        }
    }

    private static List<DnsRecord> Answers(Zone zone, string name, RecordType type)
    {
        DnsMessage response = new();
        zone.Answer(DnsName.Parse(name, zone.Name), type, response);
        return response.Answers;
    }
}
