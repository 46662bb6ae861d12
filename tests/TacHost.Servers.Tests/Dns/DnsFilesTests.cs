using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TacHost.Dns;
using TacHost.Dns.Zones;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

/// <summary>Hosts files, and files that change.</summary>
public sealed class DnsFilesTests
{
    private const string Hosts = """
        # a comment
        127.0.0.1  localhost
        192.0.2.1  one.test one   # two names
        192.0.2.2  one.test
        192.0.2.1  later
        2001:db8::1 one.test
        not-an-address x
        192.0.2.3
        192.0.2.4 a..b
        """;

    [Theory]
    [InlineData("one.test A", "192.0.2.1", "192.0.2.2")]
    [InlineData("ONE.test AAAA", "2001:db8::1")]
    [InlineData("one A", "192.0.2.1")]
    [InlineData("later A", "192.0.2.1")]
    [InlineData("-x 192.0.2.1", "one.test.")]
    [InlineData("-x 2001:db8::1", "one.test.")]
    [InlineData("-x 127.0.0.1", "localhost.")]
    [InlineData("one.test MX")]
    [InlineData("outside.example.org CNAME", "www.elsewhere.test.")]
    public async Task Hosts_Dig_GetsTheData(string question, params string[] expected)
    {
        await using var site = await DnsSite.StartAsync(hosts: Hosts);
        Assert.Equal(expected, await site.ShortAsync(question.Split(' ')));
        Assert.Equal([7, 8, 9], site.Log.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => int.Parse(line.Text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("192.168.001.010 printer.lan")]
    [InlineData("0x7f.0.0.1 local.lan")]
    [InlineData("10.1 short.lan")]
    public void Hosts_AddressThatIsNotFourDecimalNumbers_IsSkipped(string line) =>
        Assert.Equal([2], HostsFile.Parse($"192.0.2.1 one.test\n{line}\n").SkippedLines);

    [Fact]
    public async Task Hosts_NameThatIsThere_IsNotForwarded()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await DnsSite.StartAsync(hosts: "192.0.2.1 www.elsewhere.test", options: new DnsOptions { Upstreams = [upstream.Address] });
        Assert.Equal(["www.elsewhere.test.", "192.0.2.1"], await site.ShortAsync("outside.example.org", "A"));
        Assert.Empty(await site.ShortAsync("www.elsewhere.test", "AAAA"));
        Assert.Empty(upstream.Asked);
        Assert.Equal(["192.0.2.9"], await site.ShortAsync("other.test", "A"));
    }

    [Fact]
    public async Task Files_Changed_AreReadAgain()
    {
        FakeTimeProvider clock = new();
        await using var site = await DnsSite.StartAsync(hosts: "192.0.2.1 one.test", options: new DnsOptions { TimeProvider = clock });
        Assert.Equal(["192.0.2.2"], await site.ShortAsync("mail.example.org", "A"));
        await ChangeAsync(site, clock, "zone", DnsSite.Zone.Replace("192.0.2.2", "192.0.2.222", StringComparison.Ordinal));
        Assert.Equal(["192.0.2.222"], await site.ShortAsync("mail.example.org", "A"));
        await ChangeAsync(site, clock, "hosts", "192.0.2.111 one.test");
        Assert.Equal(["192.0.2.111"], await site.ShortAsync("one.test", "A"));
    }

    [Fact]
    public async Task Files_Broken_AreToldAndWhatTheySaidStays()
    {
        FakeTimeProvider clock = new();
        await using var site = await DnsSite.StartAsync(options: new DnsOptions { TimeProvider = clock });
        await ChangeAsync(site, clock, "zone", DnsSite.Zone + "\nbroken A nothing\n", "cannot be used");
        var error = Assert.Single(site.Log.Lines, line => line.Level == LogLevel.Error);
        var number = DnsSite.Zone.Split('\n').Length + 1;
        Assert.StartsWith($"The file '{site["zone"]}', line {number}, cannot be used, because 'nothing' is not an IPv4 address.", error.Text, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.2"], await site.ShortAsync("mail.example.org", "A"));
        await PassAsync(site, clock, "it cannot be read", () => File.Delete(site["zone"]));
        Assert.Equal(["192.0.2.2"], await site.ShortAsync("mail.example.org", "A"));
        await ChangeAsync(site, clock, "zone", DnsSite.Zone + "\nmended A 192.0.2.33\n");
        Assert.Equal(["192.0.2.33"], await site.ShortAsync("mended.example.org", "A"));
    }

    [Fact]
    public async Task Start_BrokenZone_FailsWithItsLine()
    {
        var e = await Assert.ThrowsAsync<ZoneFileException>(() => DnsSite.StartAsync(DnsSite.Zone + "\nbroken A nothing\n"));
        Assert.EndsWith($"zone:{DnsSite.Zone.Split('\n').Length + 1}", e.Message, StringComparison.Ordinal);
        Assert.Contains("it cannot be read", (await Assert.ThrowsAsync<ZoneFileException>(() => DnsSite.StartAsync(options: new DnsOptions { Zones = [new DnsZoneFile("/nowhere/at/all")] }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SameZoneTwice_Fails()
    {
        await using var site = await DnsSite.StartAsync();
        File.Copy(site["zone"], site["copy"]);
        var e = await Assert.ThrowsAsync<ZoneFileException>(() => DnsSite.StartAsync(options: new DnsOptions { Zones = [new DnsZoneFile(site["copy"])] }));
        Assert.Contains("the zone 'example.org.' is in '", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zones_OneBelowTheOther_TheNearestAnswers()
    {
        await using var other = await DnsSite.StartAsync("$ORIGIN sub.example.org.\n@ 60 SOA ns host 1 1d 2h 4w 5m\n NS ns\nwww A 192.0.2.77\n");
        await using var site = await DnsSite.StartAsync(DnsSite.Zone + $"\nsub DS 1 13 1 {new string('A', 40)}\n", options: new DnsOptions { Zones = [new DnsZoneFile(other["zone"])] });
        Assert.Equal(["192.0.2.77"], await site.ShortAsync("www.sub.example.org", "A"));
        Assert.Equal(["www.sub.example.org.", "192.0.2.77"], await site.ShortAsync("far.example.org", "A"));
        Assert.Single(await site.ShortAsync("sub.example.org", "DS"));
        Assert.Empty(await other.ShortAsync("sub.example.org", "DS"));
    }

    private static Task ChangeAsync(DnsSite site, FakeTimeProvider clock, string file, string text, string marker = "has changed and was read again") =>
        PassAsync(site, clock, marker, () =>
        {
            File.WriteAllText(site[file] + ".new", text);
            File.Move(site[file] + ".new", site[file], overwrite: true);
        });

    /// <summary>Makes a change, and lets time pass until the log says something new. A tick of before may see the change at once, so what is there is counted first.</summary>
    private static async Task PassAsync(DnsSite site, FakeTimeProvider clock, string marker, Action change)
    {
        var before = Count();
        change();
        await Until.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return Count() > before;
            },
            marker);

        int Count() => site.Log.Lines.Count(line => line.Text.Contains(marker, StringComparison.Ordinal));
    }
}
