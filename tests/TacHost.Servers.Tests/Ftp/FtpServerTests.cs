using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Ftp;
using TacHost.Servers.Tests.Ftp.Fakes;
using TacHost.Services.Networking;

namespace TacHost.Servers.Tests.Ftp;

public sealed class FtpServerTests
{
    [Fact]
    public async Task Start_Contradiction_IsToldAndNothingListens()
    {
        using TemporaryDirectory root = new();
        foreach (var (server, reason) in ((FtpServer, string)[])
        [
            (new FtpServer(root.Path, 0) { AllowAnonymous = false }, "no user could log in"),
            (new FtpServer(root.Path, 0) { RequireTls = true }, "no certificate"),
            (new FtpServer(root.Path, 0) { UsersMayWrite = true }, "there are none"),
            (new FtpServer(root.Path, 0) { PassiveAddress = IPAddress.IPv6Loopback }, "not an IPv4 address"),
            (new FtpServer(root.Path, 0) { Greeting = "a\r\nb" }, "control characters"),
        ])
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(TestContext.Current.CancellationToken));
            Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
            Assert.Empty(server.LocalAddresses);
        }
    }

    [Fact]
    public async Task Start_NoSuchRoot_IsTold()
    {
        using TemporaryDirectory root = new();
        var failure = await Assert.ThrowsAsync<IOException>(() => new FtpServer(root["none"], 0).StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"The directory '{root["none"]}' cannot be opened: No such file or directory. Name a directory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_IdleSession_EndsAtOnceWithoutTheGracePeriod()
    {
        await using var site = await FtpSite.StartAsync();
        using var idle = await site.LogInAsync("ftp", "x");
        await site.StopAsync();
        await idle.ExpectAsync(421);
        Assert.Equal("", await idle.ReadReplyAsync());
    }

    [Fact]
    public async Task Stop_TransferGoesOn_IsFinishedFirst()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        Task stop;
        using (var data = await client.PassiveAsync())
        {
            await client.SayAsync("STOR last.txt", 150);
            await data.SendAsync("one");
            stop = site.StopAsync();
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                // The port is closed before the transfer is over.
                while (true)
                    (await Client.ConnectAsync(site.EndPoint)).Dispose();
            });
            await data.SendAsync(" two");
        }

        await client.ExpectAsync(226);
        await client.ExpectAsync(421);
        await stop;
        Assert.Equal("one two", File.ReadAllText(site["last.txt"]));
    }

    [Fact]
    public async Task Restart_SameServer_ServesAgain()
    {
        using TemporaryDirectory root = new();
        File.WriteAllText(root["a.txt"], "a");
        FtpServer server = new(root.Path, 0, "127.0.0.1");
        for (var i = 0; i < 3; i++)
        {
            await server.StartAsync(TestContext.Current.CancellationToken);
            using (var client = await FtpClient.ConnectAsync(server.LocalAddresses[0]))
            {
                await client.SayAsync("USER ftp", 331);
                await client.SayAsync("PASS x", 230);
                Assert.Equal("a", await client.GetAsync("RETR a.txt"));
            }

            await server.StopAsync(TestContext.Current.CancellationToken).Soon();
        }
    }

    [Fact]
    public async Task Sessions_BeyondALimit_AreToldToComeBack()
    {
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1") { MaxSessionsPerAddress = 2 });
        using (var first = await site.ConnectAsync())
        using (var second = await site.ConnectAsync())
        {
            using var third = await FtpClient.ConnectRawAsync(site.EndPoint);
            Assert.Contains("Too many sessions from your address", await third.ExpectAsync(421), StringComparison.Ordinal);
            await first.SayAsync("QUIT", 221);
            Assert.Equal("", await first.ReadReplyAsync());
        }

        using var fourth = await site.LogInAsync("ftp");
    }

    [Fact]
    public async Task Session_Idle_Ends()
    {
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1") { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await site.LogInAsync("ftp");
        Assert.Contains("Idle timeout", await client.ExpectAsync(421), StringComparison.Ordinal);
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Transfer_NothingMoves_Ends()
    {
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1") { Users = site.Users, UsersMayWrite = true, StallTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await site.LogInAsync();
        using var data = await client.PassiveAsync();
        await client.SayAsync("STOR slow.txt", 150);
        await data.SendAsync("half");
        await client.ExpectAsync(426);
        Assert.Equal("half", File.ReadAllText(site["slow.txt"]));
    }

    [Fact]
    public async Task OverIPv6_ExtendedPassive_Works()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "::1"));
        using var client = await site.LogInAsync("ftp");
        await client.SayAsync("PASV", 425);
        await client.SayAsync("EPSV 1", 522);
        await client.SayAsync("EPRT |1|127.0.0.1|2000|", 522);
        using var data = await Client.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, await client.ExtendedPassiveAsync()));
        await client.SayAsync("RETR pub/poem.txt", 150);
        Assert.StartsWith("I celebrate", System.Text.Encoding.UTF8.GetString(await data.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_CertificateMissing_IsTold() =>
        await Assert.ThrowsAsync<CannotListenException>(() => new FtpServer("/", 0) { Certificate = TlsCertificate.FromPem("/nonexistent/a.pem") }.StartAsync(TestContext.Current.CancellationToken));

    [Fact]
    [LongSet]
    public async Task Quit_ByClientsThatNeverRead_KeepsNoConnection()
    {
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1")
        {
            StallTimeout = TimeSpan.FromMilliseconds(500),
            IdleTimeout = TimeSpan.FromSeconds(5),
            MaxSessionsPerAddress = 200,
        });

        // One of them says as much as is just not taken any more, and then that it is done.
        var answer = (await (await site.ConnectAsync()).SayAsync("HELP", 214)).Length;
        List<Socket> clients = [];
        for (var unread = 0; unread < 6_000_000; unread += 60_000)
        {
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            await client.ConnectAsync(site.EndPoint, TestContext.Current.CancellationToken).AsTask().Soon();
            clients.Add(client);
            await client.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("HELP\r\n", unread / answer)) + "QUIT\r\n")).Soon();
        }

        await Until.TrueAsync(() => clients.TrueForAll(IsClosed), "the server to let go of all of them");
        clients.ForEach(client => client.Dispose());

        static bool IsClosed(Socket client)
        {
            const int tcp = 6, tcpInfo = 11, closed = 7, closeWait = 8; // netinet/tcp.h
            var info = new byte[1];
            client.GetRawSocketOption(tcp, tcpInfo, info);
            return info[0] is closed or closeWait;
        }
    }
}
