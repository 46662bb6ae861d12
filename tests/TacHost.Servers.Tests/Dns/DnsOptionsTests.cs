using System.Net;
using System.Net.Sockets;
using TacHost.Dns;
using TacHost.Dns.Messages;
using TacHost.Servers.Tests.Dns.Fakes;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Tests.Dns;

public sealed class DnsOptionsTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:53")]
    [InlineData("192.0.2.1:5353", "192.0.2.1:5353")]
    [InlineData("2001:db8::1", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:5353", "[2001:db8::1]:5353")]
    [InlineData("", null)]
    [InlineData("dns.example.org", null)]
    [InlineData("1", null)]
    [InlineData("192.0.2.1:", null)]
    [InlineData("192.0.2.1:0", null)]
    [InlineData("192.0.2.1:65536", null)]
    [InlineData("192.0.2.1:-1", null)]
    [InlineData("[2001:db8::1", null)]
    [InlineData("[2001:db8::1]5353", null)]
    [InlineData("[]:53", null)]
    [InlineData("[192.0.2.1]x", null)]
    public void Upstream_Text_IsAnAddressWithAPort(string text, string? expected)
    {
        Assert.Equal(expected is not null, DnsUpstream.TryParse(text, null, out var upstream));
        Assert.Equal(expected, upstream?.ToString());
    }

    [Fact]
    public void ZoneFile_Text_IsAFileWithANameOrWithout()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["a=b"], "");
        File.WriteAllText(directory["db"], "");
        Assert.Equal((null, directory["db"]), Read(directory["db"]));
        Assert.Equal(("example.org", directory["db"]), Read($"example.org={directory["db"]}"));
        Assert.Equal((null, directory["a=b"]), Read(directory["a=b"]));
        Assert.Equal(("x", directory["a=b"]), Read($"x={directory["a=b"]}"));
        foreach (var bad in new[] { "", "=", $"={directory["db"]}", "example.org=", "example.org=/nowhere", $"a..b={directory["db"]}", "/nowhere" })
            Assert.False(DnsZoneFile.TryParse(bad, null, out _), bad);

        static (string?, string) Read(string text) => DnsZoneFile.TryParse(text, null, out var file) ? (file.Name, file.Path) : throw new FormatException(text);
    }

    [Fact]
    public void Options_NothingToAnswerWith_IsAMistake() => Assert.Throws<UsageException>(() => OptionParser.Parse<DnsCommandLine>("--port", "5353"));

    [Fact]
    public async Task MakeService_Options_BecomeTheServer()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["zone"], "@ 60 SOA ns host 1 1 1 1 1\n NS ns\nwww A 192.0.2.3\n");
        File.WriteAllText(directory["hosts"], "192.0.2.1 one.test");
        using var upstream = FakeUpstream.Saying("192.0.2.9", ttl: 9);
        var options = OptionParser.Parse<DnsCommandLine>("-p", "0", "-i", "127.0.0.1", "--zone", $"example.net={directory["zone"]}", "--hosts", directory["hosts"], "--forward", upstream.Address.ToString(), "-a", "127.0.0.0/8", "-c", "0", "--timeout", "30s");
        var server = (DnsServer)((IServiceMaker)new DnsServiceMaker()).MakeService(options);
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal([192, 0, 2, 3], await AskAsync("www.example.net"));
        Assert.Equal([192, 0, 2, 1], await AskAsync("one.test"));
        Assert.Equal([192, 0, 2, 9], await AskAsync("two.test"));
        Assert.Equal([192, 0, 2, 9], await AskAsync("two.test"));
        Assert.Equal(2, upstream.Asked.Count);

        async Task<byte[]> AskAsync(string name)
        {
            using UdpClient client = new(AddressFamily.InterNetwork);
            await client.SendAsync(DnsSite.Query(name).Write(), Assert.Single(server.LocalAddresses), TestContext.Current.CancellationToken);
            return Assert.Single(DnsMessage.Read((await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().Soon()).Buffer).Answers).Data.ToArray();
        }
    }

    [Fact]
    public async Task Server_StartedAgain_Serves()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["hosts"], "192.0.2.1 one.test");
        DnsServer server = new(0, "127.0.0.1", new DnsOptions { HostsFile = directory["hosts"] });
        for (var i = 0; i < 2; i++)
        {
            await server.StartAsync(TestContext.Current.CancellationToken).Soon();
            using UdpClient client = new(AddressFamily.InterNetwork);
            await client.SendAsync(DnsSite.Query("one.test").Write(), server.LocalAddresses[0], TestContext.Current.CancellationToken);
            Assert.Single(DnsMessage.Read((await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().Soon()).Buffer).Answers);
            await server.StopAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Empty(server.LocalAddresses);
        }
    }

    [Fact]
    public void Constructor_PortOutOfRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new DnsServer(IPEndPoint.MaxPort + 1));
}
