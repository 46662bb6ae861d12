using System.Net;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using TacHost.Processes.Inetd;

namespace TacHost.Servers.Tests.Inetd;

public sealed partial class InetdConfTests
{
    private static readonly string[] _words =
    [
        "echo", "7", "*:7", "[::1]:", "stream", "dgram", "tcp", "udp", "unix", "wait", "nowait", "nowait.3", "root", "nobody.nogroup", ".", ":", "internal", "/bin/cat", "'", "\"a b\"", "#", "\t", "\n", "\n ", "\r\n",
        "99999999999999999999", "7 stream tcp nowait root internal\n",
    ];

    [Fact]
    public void Parse_WholeFile_HasItsServices()
    {
        var services = InetdConf.Parse("""
            # internal
            echo	stream	tcp	nowait	root	internal
            7007 stream tcp6 nowait root internal chargen # a comment

            127.0.0.1:7000 stream tcp nowait.60 root:0 /bin/cat
            [::1]:ftp stream tcp nowait:7 root /usr/sbin/tcpd in.ftpd
            	-l "two words"
              'and three more'
            # in between
            localhost:
            7001 dgram udp wait root /bin/cat cat
            *:7002 stream tcp46 wait root /bin/cat cat # x
            /run/x.sock stream unix nowait root /bin/cat cat '#' a#b
            /run/y.sock dgram unix wait root /bin/cat cat
            """, "conf");
        Assert.Equal(
            ["echo/tcp4", "7007/tcp6", "127.0.0.1:7000/tcp4", "[::1]:ftp/tcp6", "localhost:7001/udp4", "7002/tcp", "/run/x.sock", "/run/y.sock"],
            services.Select(service => service.ToString()));
        Assert.Equal(["conf:2", "conf:3", "conf:5", "conf:6", "conf:11", "conf:12", "conf:13", "conf:14"], services.Select(service => service.Origin));
        Assert.Equal(["echo", "chargen", null, null, null, null, null, null], services.Select(service => service.InternalName));
        Assert.Equal([false, false, false, false, true, true, false, true], services.Select(service => service.Wait));
        Assert.Equal([7, 7007, 7000, 21, 7001, 7002, 0, 0], services.Select(service => service.Address.Port));
        Assert.Equal((60, "root", "0"), (services[2].MaxPerMinute, services[2].User, services[2].Group));
        Assert.Equal(["cat"], services[2].Arguments);
        Assert.Equal(7, services[3].MaxPerMinute);
        Assert.Equal(["in.ftpd", "-l", "two words", "and three more"], services[3].Arguments);
        Assert.Equal(["cat", "#", "a#b"], services[6].Arguments);
        Assert.Null(services[6].MaxPerMinute);
    }

    [Theory]
    [InlineData("ftp stream tcp", "there are 3 fields, and a line has at least 6: [host:]service type protocol wait|nowait user program argument-0 ….")]
    [InlineData("7 seqpacket tcp nowait root /bin/cat", "the type 'seqpacket' is neither 'stream' nor 'dgram'.")]
    [InlineData("7 stream udp nowait root /bin/cat", "the protocol 'udp' is not one of those of 'stream': tcp, tcp4, tcp6, tcp46, unix.")]
    [InlineData("7 dgram rpc/udp wait root /bin/cat", "the protocol 'rpc/udp' is not one of those of 'dgram': udp, udp4, udp6, udp46, unix.")]
    [InlineData("7 stream tcp never root /bin/cat", "'never' is not 'wait', 'nowait', either with '.N' for at most N programs in a minute, or 'nowait/MAX/PER-MINUTE-AND-ADDRESS/PER-ADDRESS'.")]
    [InlineData("7 stream tcp nowait.x root /bin/cat", "'nowait.x' is not 'wait', 'nowait', either with '.N' for at most N programs in a minute, or 'nowait/MAX/PER-MINUTE-AND-ADDRESS/PER-ADDRESS'.")]
    [InlineData("7 stream tcp nowait/1/2/3/4 root /bin/cat", "'nowait/1/2/3/4' is not 'wait', 'nowait', either with '.N' for at most N programs in a minute, or 'nowait/MAX/PER-MINUTE-AND-ADDRESS/PER-ADDRESS'.")]
    [InlineData("7 stream tcp wait/3 root /bin/cat", "'wait/3' has limits for clients, and only 'nowait' can have them: a program with 'wait' accepts its clients itself.")]
    [InlineData("tcpmux stream tcp nowait root internal", "there is no internal service 'tcpmux', only echo, discard, daytime, chargen, time. For another port, write its name after 'internal'.")]
    [InlineData("7 stream tcp nowait no-such-user /bin/cat", "there is no user 'no-such-user'.")]
    [InlineData("7 stream tcp nowait root:no-such-group /bin/cat", "there is no group 'no-such-group'.")]
    [InlineData("7 stream tcp nowait root: /bin/cat", "'root:' is not USER or USER:GROUP.")]
    [InlineData("7 stream tcp nowait 4000000000 /bin/cat", "the user 4000000000 has no entry that names a group; write one after it, as in 4000000000:100.")]
    [InlineData("7 stream tcp nowait root ./cat", "the program './cat' is not an absolute path.")]
    [InlineData("7 stream tcp nowait root no-such-program x", "there is no program 'no-such-program' in PATH. Name it by its path.")]
    [InlineData("7 stream tcp nowait root /bin/cat c\uFFFDat", "there is a byte in it that is not UTF-8.")]
    [InlineData("7 dgram udp nowait root /bin/cat", "a datagram program must be 'wait', because it reads from the socket itself.")]
    [InlineData("no-such-service stream tcp nowait root /bin/cat", "'no-such-service' is neither a port nor a tcp service of this machine (/etc/services). Write the number of the port.")]
    [InlineData("65536 stream tcp nowait root /bin/cat", "'65536' is not a port, which is between 0 and 65535.")]
    [InlineData("ftp stream tcp nowait root internal", "there is no internal service 'ftp', only echo, discard, daytime, chargen, time. For another port, write its name after 'internal'.")]
    [InlineData("[::1]:7 stream tcp4 nowait root /bin/cat", "'::1' is not an address of IPv4, which 'tcp4' asks for.")]
    [InlineData("::1:7 stream tcp nowait root /bin/cat", null)]
    [InlineData("[::1:7 stream tcp nowait root /bin/cat", "'[::1' is not a host: write an address (one of IPv6 in brackets), a name, a network interface, or * for all.")]
    [InlineData("run/x.sock stream unix nowait root /bin/cat", "'run/x.sock' is not the absolute path of a UNIX socket.")]
    [InlineData("7 stream tcp nowait root /bin/cat 'cat", "a ' is not closed.")]
    [InlineData("7 stream tcp nowait root /bin/cat c\u0001at", "there is a control character (U+0001) in it.")]
    public void Parse_BadLine_IsToldWithItsNumberAndTheBadPart(string line, string? reason)
    {
        var text = $"# first\n7 stream tcp nowait root internal\n{line}\n";
        if (reason is null)
            Assert.Equal("[::1]:7/tcp6", InetdConf.Parse(text, "conf")[1].ToString());
        else
            Assert.Equal($"conf:3: {reason}", Assert.Throws<FormatException>(() => InetdConf.Parse(text, "conf")).Message);
    }

    /// <summary>Rubbish, and lines that are nearly right: either services, or one message that names the line.</summary>
    [Fact]
    public void Parse_Garbage_IsServicesOrOneMessage()
    {
        var word = Gen.OneOf(
            Gen.Int[0, _words.Length - 1].Select(index => _words[index]),
            Gen.String[0, 6]);
        var text = Gen.OneOf(Gen.String, word.Array[0, 30].Select(words => string.Join(' ', words)));
        text.Sample(
            garbage =>
            {
                try
                {
                    Assert.All(InetdConf.Parse(garbage, "conf"), service => Assert.Matches("^conf:[1-9]", service.Origin));
                }
                catch (FormatException e)
                {
                    Assert.Matches(Located(), e.Message);
                }
            },
            iter: 20_000);
    }

    /// <summary>What FreeBSD's, BusyBox's and old files have.</summary>
    [Fact]
    public void Parse_GrownFile_HasWhatCanBeServedAndNamesTheRest()
    {
        List<string> skipped = [];
        var services = InetdConf.Parse("""
            7001 stream tcp nowait/10/5/2 root cat cat
            7002 stream tcp nowait/0/0/3 root:0/daemon sh -c x
            no-such-service stream tcp nowait root /bin/cat cat
            tcpmux stream tcp nowait root internal
            rusersd/2-3 dgram rpc/udp wait root /bin/cat cat
            7003 stream tcp nowait root cat
            7004 stream tcp nowait nobody/class /bin/cat cat
            """, "conf", skipped.Add);
        Assert.Equal([7001, 7002, 7003, 7004], services.Select(service => service.Address.Port));
        Assert.Equal([(10, 5, 2), (null, null, 3)], services.Take(2).Select(service => (service.MaxConnections, service.MaxPerMinuteAndAddress, service.MaxPerAddress)));
        Assert.All(services.Where(service => service.Arguments[0] == "cat"), service => Assert.EndsWith("/cat", service.Program, StringComparison.Ordinal));
        Assert.Equal([("root", null), ("root", "0"), ("root", null), ("nobody", null)], services.Select(service => (service.User, service.Group)));
        Assert.Equal(["conf:3: 'no-such-", "conf:4: there is ", "conf:5: the proto"], skipped.Select(line => line[..17]));
    }

    [Fact]
    public void Read_CommentInAnotherEncoding_IsAComment()
    {
        using TemporaryDirectory directory = new();
        var file = directory["inetd.conf"];
        File.WriteAllBytes(file, [.. "# caf\u00e9\n7 stream tcp nowait root /bin/cat cat # caf"u8, 0xE9, .. "\n# "u8, 0xE9, .. "\n8 stream tcp nowait root /bin/cat c"u8, 0xE9, .. "t\n"u8]);
        List<string> skipped = [];
        Assert.Equal(7, Assert.Single(InetdConf.Read(file, skipped.Add)).Address.Port);
        Assert.Equal([$"{file}:4: there is a byte in it that is not UTF-8."], skipped);
    }

    [Fact]
    public void AddressRate_CountsEachAddressAndBeginsAnewEachMinute()
    {
        FakeTimeProvider clock = new();
        AddressRate rate = new(2, clock);
        IPAddress one = IPAddress.Parse("192.0.2.1"), other = IPAddress.Parse("192.0.2.2");
        List<(bool, bool)> results = [];
        for (var i = 0; i < 4; i++)
            results.Add((rate.TryStart(one, out var isFirst), isFirst));
        Assert.Equal([(true, false), (true, false), (false, true), (false, false)], results);
        Assert.True(rate.TryStart(other, out _));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(rate.TryStart(one, out _));
    }

    [GeneratedRegex("^conf:[0-9]+: .+", RegexOptions.Singleline)]
    private static partial Regex Located();
}
