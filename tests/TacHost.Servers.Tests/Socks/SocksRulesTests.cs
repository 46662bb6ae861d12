using System.Net;
using TacHost.Proxies.Socks;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Tests.Socks;

public sealed class SocksRulesTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", 80, true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", 80, false)]
    [InlineData("10.0.0.0/8:25", "10.1.2.3", 80, false)]
    [InlineData("10.0.0.1:20-30", "10.0.0.1", 30, true)]
    [InlineData("10.0.0.1:20-30", "10.0.0.1", 31, false)]
    [InlineData("fe80::/10", "fe80::1", 1, true)]
    [InlineData("[fe80::]/10:1-1023", "fe80::1", 1024, false)]
    [InlineData("::1", "::1", 1, true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", 1, true)]
    [InlineData("[::ffff:10.1.2.3]:1", "10.1.2.3", 1, true)]
    [InlineData("*", "1.2.3.4", 1, true)]
    [InlineData("*:80", "1.2.3.4", 1, false)]
    [InlineData("example.org", "1.2.3.4", 1, false)]
    public void CoversAddress_Destination_IsRight(string destination, string address, int port, bool expected) =>
        Assert.Equal(expected, SocksDestination.Parse(destination).CoversAddress(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("example.org", "EXAMPLE.org", true)]
    [InlineData("example.org", "a.example.org", false)]
    [InlineData("*.example.org", "a.b.Example.org", true)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("*.example.org", "badexample.org", false)]
    [InlineData("example.org.", "example.org", true)]
    [InlineData("*.example.org.", "a.example.org", true)]
    [InlineData("*", "anything", true)]
    [InlineData("example.org:443", "example.org", false)]
    public void CoversName_Destination_IsRight(string destination, string name, bool expected) =>
        Assert.Equal(expected, SocksDestination.Parse(destination).CoversName(name, 80));

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0")]
    [InlineData("1.2.3.4:")]
    [InlineData("010.0.0.0/8")]
    [InlineData("1.2.3.04")]
    [InlineData("1.2.3.4:70000")]
    [InlineData("1.2.3.4:9-8")]
    [InlineData("a b")]
    [InlineData("*example.org")]
    [InlineData("a..b")]
    public void Parse_WhatIsNoDestination_IsRefused(string text)
    {
        Assert.Throws<FormatException>(() => SocksDestination.Parse(text));
        var mistake = Assert.Throws<UsageException>(() => OptionParser.Parse<SocksCommandLine>("--allow", text));
        Assert.Contains("--allow", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("93.184.216.34", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "192.0.2.1", false)]
    [InlineData("::1", "192.0.2.1", false)]
    [InlineData("169.254.169.254", "127.0.0.1", false)]
    [InlineData("fe80::1", "::1", false)]
    [InlineData("224.0.0.1", "127.0.0.1", false)]
    [InlineData("255.255.255.255", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "127.0.0.1", false)]
    [InlineData("::", "127.0.0.1", false)]
    public void IsAllowed_WithoutRules_ProtectsWhatNobodyMeans(string address, string client, bool expected) =>
        Assert.Equal(expected, new DestinationRules(new SocksOptions()).IsAllowed(IPAddress.Parse(address), 80, null, IPAddress.Parse(client)));

    [Fact]
    public void IsAllowed_WithRules_DenialWinsAndWhatIsNotAllowedIsNot()
    {
        DestinationRules rules = new(new SocksOptions { Allowed = [SocksDestination.Parse("169.254.0.0/16"), SocksDestination.Parse("*.example.org")], Denied = [SocksDestination.Parse("169.254.1.0/24"), SocksDestination.Parse("bad.example.org")] });
        var client = IPAddress.Loopback;
        Assert.True(rules.IsAllowed(IPAddress.Parse("169.254.2.2"), 80, null, client));
        Assert.False(rules.IsAllowed(IPAddress.Parse("169.254.1.2"), 80, "good.example.org", client));
        Assert.True(rules.IsAllowed(IPAddress.Parse("8.8.8.8"), 80, "good.example.org", client));
        Assert.False(rules.IsAllowed(IPAddress.Parse("8.8.8.8"), 80, "bad.example.org", client));
        Assert.False(rules.MayBeAllowed("bad.example.org", 80));
        Assert.False(rules.IsAllowed(IPAddress.Parse("8.8.8.8"), 80, null, client));
    }

    [Theory]
    [InlineData("bad.example.org.", "bad.example.org")]
    [InlineData("BAD.example.org", "BAD.example.org")]
    [InlineData(".", ".")]
    public void Of_NameWithADotAtItsEnd_IsTheNameThatRulesKnow(string asked, string name)
    {
        var address = SocksAddress.Of(asked, 80);
        Assert.Equal(name, address.Name);
        DestinationRules rules = new(new SocksOptions { Denied = [SocksDestination.Parse("bad.example.org"), SocksDestination.Parse(".".Equals(name, StringComparison.Ordinal) ? "*" : "localhost")] });
        Assert.False(rules.MayBeAllowed(address.Name!, 80));
    }

    [Theory]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    public async Task ResolveAsync_AddressOnlyForTheSystemsResolver_IsRefused(string asked)
    {
        SocksConnector connector = new(new SocksOptions());
        var refusal = await Assert.ThrowsAsync<SocksRefusedException>(() => connector.ResolveAsync(SocksAddress.Of(asked, 80), IPAddress.Loopback, TestContext.Current.CancellationToken));
        Assert.Equal(SocksReply.HostUnreachable, refusal.Reply);
    }

    [Theory]
    [InlineData("127.0.0.1.")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:7f00:1")]
    public void Of_AnotherWayToWriteLoopback_IsLoopback(string asked)
    {
        var address = SocksAddress.Of(asked, 80).Address;
        Assert.Equal(IPAddress.Loopback, address);
        Assert.False(new DestinationRules(new SocksOptions()).IsAllowed(address!, 80, null, IPAddress.Parse("192.0.2.1")));
    }

    [Theory]
    [InlineData("--port", "-p", "-1")]
    [InlineData("--iface", "-i", "not an interface")]
    [InlineData("--password-file", "--password-file", "/no/such/file")]
    [InlineData("--deny", "-d", "10.0.0.0/99")]
    [InlineData("--bind", "--bind=perhaps")]
    [InlineData("--udp", "--udp=perhaps")]
    [InlineData("--connect-timeout", "--connect-timeout", "0")]
    [InlineData("--idle-timeout", "--idle-timeout", "x")]
    [InlineData("--max-connections", "--max-connections", "0")]
    public void Read_BadValue_IsTold(string expected, params string[] words)
    {
        var mistake = Assert.Throws<UsageException>(() => OptionParser.Parse<SocksCommandLine>(words));
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }
}
