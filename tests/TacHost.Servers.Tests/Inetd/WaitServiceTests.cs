using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TacHost.Processes.Inetd;

namespace TacHost.Servers.Tests.Inetd;

/// <summary>Programs that get the bound socket itself.</summary>
public sealed class WaitServiceTests
{
    /// <summary>Accepts from descriptor 0 twice, and ends.</summary>
    private const string AcceptTwice = """
        import os, socket
        listener = socket.socket(fileno=0)
        for i in range(2):
            connection, peer = listener.accept()
            connection.sendall(b'%d\n' % os.getpid())
            connection.close()
        """;

    /// <summary>Answers one datagram, and ends.</summary>
    private const string AnswerOne = """
        import os, socket
        sock = socket.socket(fileno=0)
        data, peer = sock.recvfrom(65536)
        sock.sendto(data.upper() + b' %d' % os.getpid(), peer)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1:0/udp")]
    [InlineData("[::1]:0/udp6")]
    public async Task Datagrams_EachWithItsProgram_AreAnswered(string place)
    {
        InetdServer server = new([Python(place, AnswerOne)]);
        await using var running = await RunningService.StartAsync(server);
        var endPoint = (IPEndPoint)server.LocalAddresses[0];
        HashSet<string> processes = [];
        using UdpClient client = new(new IPEndPoint(endPoint.Address, 0));
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("poem"u8.ToArray(), endPoint, Token);
            var answer = Encoding.ASCII.GetString((await client.ReceiveAsync(Token).AsTask().Soon()).Buffer).Split(' ');
            Assert.Equal("POEM", answer[0]);
            processes.Add(answer[1]);
        }

        Assert.Equal(3, processes.Count);
    }

    [Fact]
    public async Task Connections_OfAWaitService_AreAcceptedByOneProgramAfterTheOther()
    {
        InetdServer server = new([Python("127.0.0.1:0", AcceptTwice) with { Wait = true }]);
        await using var running = await RunningService.StartAsync(server);
        List<string> processes = [];
        for (var i = 0; i < 4; i++)
        {
            using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
            processes.Add(Encoding.ASCII.GetString(await peer.ReadToEndAsync()));
        }

        Assert.Equal([processes[0], processes[0], processes[2], processes[2]], processes);
        Assert.NotEqual(processes[0], processes[2]);
    }

    /// <summary>A program that does not read what has come would be started again and again.</summary>
    [Fact]
    public async Task Program_ThatReadsNothing_PausesItsServiceWhenThereWereEnough()
    {
        FakeTimeProvider clock = new();
        InetdServer server = new([new("127.0.0.1:0/udp", "/bin/true") { MaxPerMinute = 4 }], new InetdOptions { TimeProvider = clock });
        await using var running = await RunningService.StartAsync(server);
        using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
        await client.SendAsync("x"u8.ToArray(), (IPEndPoint)server.LocalAddresses[0], Token);
        await Until.TrueAsync(() => Count(running, "no client is served for the next 60 s") == 1, "the pause");
        Assert.Equal(4, Count(running, " is served by "));
        await Until.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(30));
                return Count(running, " is served by ") > 4;
            },
            "the end of the pause");
        await running.StopAsync();
    }

    [Fact]
    public async Task StopAsync_RunningProgram_IsEnded()
    {
        InetdServer server = new([new("127.0.0.1:0/udp", "/bin/sleep", "sleep", "1000")]);
        await using var running = await RunningService.StartAsync(server);
        using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
        await client.SendAsync("x"u8.ToArray(), (IPEndPoint)server.LocalAddresses[0], Token);
        await Until.TrueAsync(() => Count(running, " is served by '/bin/sleep'") == 1, "the program");
        await running.StopAsync();
        Assert.Equal(1, Count(running, "for the received data has ended after"));
        Assert.Equal(1, Count(running, ": killed by signal 15"));
        Assert.Empty(server.LocalAddresses);
    }

    private static InetdService Python(string place, string script)
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(python), "python3 is not installed");
        return new InetdService(place, python, "python3", "-c", script);
    }

    private static int Count(RunningService running, string text) => running.Log.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));
}
