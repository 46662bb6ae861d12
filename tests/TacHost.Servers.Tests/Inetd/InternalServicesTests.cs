using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using TacHost.Processes.Inetd;

namespace TacHost.Servers.Tests.Inetd;

/// <summary>Echo, discard, chargen, daytime and time, over connections and datagrams.</summary>
public sealed class InternalServicesTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 5, 7, 8, 9, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Echo_AnyBytes_ComeBack()
    {
        var (server, running) = await StartAsync("tcp", "echo");
        await using (running)
        {
            await Gen.Byte.Array[0, 20_000].SampleAsync(
                async bytes =>
                {
                    using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
                    await peer.SendAsync(bytes);
                    peer.Socket.Shutdown(SocketShutdown.Send);
                    Assert.Equal(bytes, await peer.ReadToEndAsync());
                },
                iter: 100);
        }
    }

    [Fact]
    public async Task Discard_AnyBytes_AreReadAndNotAnswered()
    {
        var (server, running) = await StartAsync("tcp", "discard");
        await using (running)
        {
            using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
            await peer.SendAsync(new byte[4_000_000]);
            peer.Socket.Shutdown(SocketShutdown.Send);
            Assert.Empty(await peer.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task Chargen_Connection_GetsRotatingLinesUntilItEnds()
    {
        var (server, running) = await StartAsync("tcp", "chargen");
        await using (running)
        {
            using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
            var lines = (await peer.ReadTextAsync(74 * 200)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(200, lines.Length);
            Assert.Equal(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg", lines[0]);
            Assert.Equal("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh", lines[1]);
            Assert.Equal(lines[0], lines[95]);
            Assert.Equal(lines[104], lines[199]);

            // It has no end of its own, which a stop does not wait for.
            await running.StopAsync();
        }
    }

    [Fact]
    public async Task Daytime_Connection_IsTheTimeInWords()
    {
        var (server, running) = await StartAsync("tcp", "daytime");
        await using (running)
        {
            var text = await RealClient.RunAsync("nc", "", "-N", "127.0.0.1", ((IPEndPoint)server.LocalAddresses[0]).Port.ToString(CultureInfo.InvariantCulture));
            Assert.Equal("Thu Nov 5 07:08:09 2026\r\n", text);
        }
    }

    [Fact]
    public async Task Time_Connection_IsTheSecondsSince1900()
    {
        var (server, running) = await StartAsync("tcp", "time");
        await using (running)
        {
            using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
            var seconds = BinaryPrimitives.ReadUInt32BigEndian(await peer.ReadToEndAsync());
            Assert.Equal(_now.ToUnixTimeSeconds(), seconds - 2_208_988_800L); // RFC 868
        }
    }

    [Theory]
    [InlineData("echo", "hello", "hello")]
    [InlineData("chargen", "12345", " !\"#$")]
    [InlineData("chargen", "", "")]
    [InlineData("daytime", "What is the time? 26 bytes.", "Thu Nov 5 07:08:09 2026\r\n")]
    public async Task Datagram_ToOne_IsAnswered(string name, string sent, string answer)
    {
        var (server, running) = await StartAsync("udp", name);
        await using (running)
        {
            using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
            await client.SendAsync(Encoding.ASCII.GetBytes(sent), (IPEndPoint)server.LocalAddresses[0], Token);
            Assert.Equal(answer, Encoding.ASCII.GetString((await client.ReceiveAsync(Token).AsTask().Soon()).Buffer));
        }
    }

    /// <summary>A forged datagram must not send its victim more bytes than the attacker sent.</summary>
    [Theory]
    [InlineData("daytime", 25)]
    [InlineData("time", 4)]
    public async Task Datagram_ShorterThanTheResponse_IsNotAnswered(string name, int length)
    {
        var (server, running) = await StartAsync("udp", name);
        await using (running)
        {
            using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0)), other = new(new IPEndPoint(IPAddress.Loopback, 0));
            await client.SendAsync(new byte[length - 1], (IPEndPoint)server.LocalAddresses[0], Token);
            await client.SendAsync(Array.Empty<byte>(), (IPEndPoint)server.LocalAddresses[0], Token);

            // Those were looked at before this one.
            await other.SendAsync(new byte[length], (IPEndPoint)server.LocalAddresses[0], Token);
            Assert.Equal(length, (await other.ReceiveAsync(Token).AsTask().Soon()).Buffer.Length);
            Assert.Equal(0, client.Available);
        }
    }

    /// <summary>A forged datagram from another such service, or from itself, would go on for ever.</summary>
    [Theory]
    [InlineData("echo")]
    [InlineData("chargen")]
    [InlineData("daytime")]
    [InlineData("time")]
    public async Task Datagram_FromAPortOfSuchServices_IsNotAnswered(string name)
    {
        var (server, running) = await StartAsync("udp", name);
        await using (running)
        {
            var place = (IPEndPoint)server.LocalAddresses[0];
            List<UdpClient> unanswered = [new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), place.Port)), new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 2049))];
            if (Environment.IsPrivilegedProcess)
                unanswered.Add(new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 7)));
            var request = new byte[64];
            foreach (var client in unanswered)
                await client.SendAsync(request, place, Token);

            // Those were looked at before this one.
            using UdpClient other = new(new IPEndPoint(IPAddress.Loopback, 0));
            await other.SendAsync(request, place, Token);
            Assert.NotEmpty((await other.ReceiveAsync(Token).AsTask().Soon()).Buffer);
            Assert.All(unanswered, client => Assert.Equal(0, client.Available));
            unanswered.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    [LongSet]
    public async Task Datagrams_OfAnyBytes_BreakNothing()
    {
        InetdServer server = new([.. new[] { "echo", "discard", "chargen", "daytime", "time" }.Select(name => Internal("udp", name))]);
        await using var running = await RunningService.StartAsync(server);
        await Gen.Byte.Array[0, 9_000].SampleAsync(
            async bytes =>
            {
                using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
                foreach (var place in server.LocalAddresses.Cast<IPEndPoint>().Reverse())
                    await client.SendAsync(bytes, place, Token);
                var answers = 0;
                for (var isEchoed = false; !isEchoed; answers++)
                {
                    var answer = (await client.ReceiveAsync(Token).AsTask().Soon()).Buffer;
                    Assert.InRange(answer.Length, 0, bytes.Length);
                    isEchoed = answer.AsSpan().SequenceEqual(bytes);
                }

                Assert.InRange(answers, 1, 4);
            },
            iter: 200,
            threads: 1);
        Assert.DoesNotContain(running.Log.Lines, line => line.Failure is not null);
    }

    [Fact]
    public async Task StartAsync_ServesNoInternal_LeavesThemOutAndSaysSo()
    {
        InetdServer server = new([Internal("tcp", "echo"), new("127.0.0.1:0", "/bin/cat")], new InetdOptions { ServesInternal = false });
        await using var running = await RunningService.StartAsync(server);
        Assert.Single(server.LocalAddresses);
        Assert.Contains(running.Log.Lines, line => line.Text == "127.0.0.1:0/tcp: omitted, because internal services are disabled");
    }

    /// <summary>tcp6 does not take the port that tcp has on the same interface.</summary>
    [Fact]
    public async Task StartAsync_OneLineForEachFamily_BothAreServedOnOnePort()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        InetdServer first = new(InetdConf.Parse("0 stream tcp nowait root internal daytime"));
        await using var running = await RunningService.StartAsync(first);
        var port = ((IPEndPoint)first.LocalAddresses[0]).Port;
        InetdServer second = new(InetdConf.Parse($"{port} stream tcp6 nowait root internal daytime\n{port} dgram udp wait root internal daytime\n{port} dgram udp6 wait root internal daytime"));
        await using var too = await RunningService.StartAsync(second);
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var peer = await Peer.ConnectAsync(new IPEndPoint(address, port));
            Assert.NotEmpty(await peer.ReadToEndAsync());
        }
    }

    private static InetdService Internal(string protocol, string name) => new($"127.0.0.1:0/{protocol}", InetdService.Internal, name);

    private static async Task<(InetdServer Server, RunningService Running)> StartAsync(string protocol, string name)
    {
        FakeTimeProvider clock = new(_now);
        clock.SetLocalTimeZone(TimeZoneInfo.Utc);
        InetdServer server = new([Internal(protocol, name)], new InetdOptions { TimeProvider = clock });
        return (server, await RunningService.StartAsync(server));
    }
}
