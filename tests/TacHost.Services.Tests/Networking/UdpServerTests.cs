using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class UdpServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("", "127.0.0.1")]
    [InlineData("", "::1")]
    [InlineData("::1", "::1")]
    public async Task StartAsync_Interface_AnswersThere(string iface, string address)
    {
        var to = IPAddress.Parse(address);
        Assert.SkipUnless(HasAddress(to), $"this machine has no {address}");
        var protocol = RecordingDatagrams.Echo();
        UdpServer server = new(0, protocol, iface);
        await using var running = await RunningService.StartAsync(server);
        Assert.NotEqual(0, server.LocalAddresses[0].Port);

        using UdpClient client = new(to.AddressFamily);
        client.Connect(to, server.LocalAddresses[0].Port);
        await client.SendAsync("hello"u8.ToArray(), Token);
        var answer = await client.ReceiveAsync(Token).AsTask().Soon();
        Assert.Equal("hello"u8.ToArray(), answer.Buffer);
        Assert.Equal(client.Client.LocalEndPoint, (await protocol.NextAsync()).Peer);
    }

    [Fact]
    public async Task DatagramReceived_LongestAndEmpty_AreWhole()
    {
        RecordingDatagrams protocol = new();
        UdpServer server = new(0, protocol, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using UdpClient client = Connected(server);
        await client.SendAsync(Array.Empty<byte>(), Token);
        Assert.Equal("", (await protocol.NextAsync()).Text);
        await client.SendAsync(Encoding.ASCII.GetBytes(new string('x', 65_507)), Token);
        Assert.Equal(65_507, (await protocol.NextAsync()).Text.Length);
    }

    [Fact]
    public async Task DatagramReceived_Throws_IsLoggedAndTheNextOneCounts()
    {
        RecordingDatagrams protocol = new() { WhenReceived = (_, text, _) => _ = text == "bad" ? throw new InvalidTimeZoneException("bad") : 0 };
        UdpServer server = new(0, protocol, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var client = Connected(server);
        await client.SendAsync("bad"u8.ToArray(), Token);
        await client.SendAsync("good"u8.ToArray(), Token);
        await protocol.NextAsync();
        Assert.Equal("good", (await protocol.NextAsync()).Text);
        Assert.Contains(running.Log.Lines, line => line.Failure is InvalidTimeZoneException && line.Text.Contains(client.Client.LocalEndPoint!.ToString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_PeerGoneOrTooLong_IsLostAndReceivingGoesOn()
    {
        RecordingDatagrams protocol = new();
        UdpServer server = new(0, protocol, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        var gone = UnusedPort.Next();
        for (var i = 0; i < 10; i++)
            protocol.Transport.Write("x"u8, new IPEndPoint(IPAddress.Loopback, gone));
        protocol.Transport.Write(new byte[100_000], new IPEndPoint(IPAddress.Loopback, gone));
        Assert.Throws<ArgumentException>(() => protocol.Transport.Write("x"u8, new IPEndPoint(IPAddress.IPv6Loopback, gone)));

        using var client = Connected(server);
        await client.SendAsync("hello"u8.ToArray(), Token);
        Assert.Equal("hello", (await protocol.NextAsync()).Text);
    }

    [Fact]
    public async Task StartAsync_ManyTimes_CallsTheProtocolEachTime()
    {
        var protocol = RecordingDatagrams.Echo();
        UdpServer server = new(0, protocol, "127.0.0.1");
        for (var round = 0; round < 20; round++)
        {
            await server.StartAsync(Token);
            using var client = Connected(server);
            await client.SendAsync("a"u8.ToArray(), Token);
            await client.ReceiveAsync(Token).AsTask().Soon();
            await server.StopAsync(Token).Soon();
            Assert.Empty(server.LocalAddresses);
        }

        Assert.Equal(Enumerable.Repeat(new[] { "start", "stop" }, 20).SelectMany(each => each), protocol.Calls);
        Assert.Throws<InvalidOperationException>(() => protocol.Transport);
    }

    [Fact]
    public async Task StartAsync_PortTaken_IsRefused()
    {
        using UdpClient other = new(new IPEndPoint(IPAddress.Loopback, 0));
        UdpServer server = new(((IPEndPoint)other.Client.LocalEndPoint!).Port, new RecordingDatagrams(), "127.0.0.1");
        var failure = await Assert.ThrowsAsync<CannotListenException>(() => server.StartAsync(Token));
        Assert.Contains($", because process {Environment.ProcessId} (", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JoinGroup_OnLoopback_ReceivesUntilLeft()
    {
        var group = IPAddress.Parse("239.255.10.7");
        var loopback = NetworkInterface.GetAllNetworkInterfaces().First(each => each.NetworkInterfaceType == NetworkInterfaceType.Loopback).GetIPProperties().GetIPv4Properties().Index;
        RecordingDatagrams protocol = new();
        UdpServer server = new(0, protocol, "0.0.0.0") { SharesPort = true };
        await using var running = await RunningService.StartAsync(server);
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(loopback));
        IPEndPoint to = new(group, server.LocalAddresses[0].Port), direct = new(IPAddress.Loopback, to.Port);

        protocol.Transport.JoinGroup(group, loopback);
        await client.SendAsync("in"u8.ToArray(), to, Token);
        Assert.Equal("in", (await protocol.NextAsync()).Text);

        protocol.Transport.LeaveGroup(group, loopback);
        await client.SendAsync("out"u8.ToArray(), to, Token);
        await client.SendAsync("direct"u8.ToArray(), direct, Token);
        Assert.Equal("direct", (await protocol.NextAsync()).Text);
    }

    [Fact]
    public async Task StartAsync_UnixPath_AnswersAndRemovesTheFile()
    {
        using TemporaryDirectory directory = new();
        var protocol = RecordingDatagrams.Echo();
        UnixDatagramServer server = new(directory["server.sock"], protocol, (UnixFileMode)0b110_000_000);
        await server.StartAsync(Token);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(directory["server.sock"]));
        using (Socket client = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
        {
            client.Bind(new UnixDomainSocketEndPoint(directory["client.sock"]));
            await client.SendToAsync("hello"u8.ToArray(), SocketFlags.None, new UnixDomainSocketEndPoint(directory["server.sock"]), Token);
            var buffer = new byte[10];
            var count = await client.ReceiveAsync(buffer, Token).AsTask().Soon();
            Assert.Equal("hello"u8.ToArray(), buffer[..count]);
            Assert.Equal(directory["client.sock"], (await protocol.NextAsync()).Peer.ToString());
        }

        UnixDatagramServer second = new(directory["server.sock"], new RecordingDatagrams());
        await Assert.ThrowsAsync<CannotListenException>(() => second.StartAsync(Token));
        await server.StopAsync(Token).Soon();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task DatagramReceived_UnixPeerWithoutPath_IsReceivedAndItsAnswerLost()
    {
        using TemporaryDirectory directory = new();
        var protocol = RecordingDatagrams.Echo();
        await using var running = await RunningService.StartAsync(new UnixDatagramServer(directory["server.sock"], protocol));
        using Socket client = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        for (var i = 0; i < 2; i++)
        {
            await client.SendToAsync("hello"u8.ToArray(), SocketFlags.None, new UnixDomainSocketEndPoint(directory["server.sock"]), Token);
            Assert.Equal("hello", (await protocol.NextAsync()).Text);
        }

        Assert.DoesNotContain(running.Log.Lines, line => line.Failure is not null);
    }

    private static UdpClient Connected(UdpServer server)
    {
        UdpClient client = new(AddressFamily.InterNetwork);
        client.Connect(server.LocalAddresses[0]);
        return client;
    }

    private static bool HasAddress(IPAddress address)
    {
        try
        {
            using UdpClient probe = new(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
