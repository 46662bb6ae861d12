using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Ftp;
using TacHost.Servers.Tests.Ftp.Fakes;

namespace TacHost.Servers.Tests.Ftp;

public sealed class DataConnectionsTests
{
    [Theory]
    [InlineData("PORT 127,0,0,2,8,0")]
    [InlineData("PORT 10,0,0,1,8,0")]
    [InlineData("PORT 127,0,0,1,3,255")]
    [InlineData("PORT 127,0,0,1,0,21")]
    [InlineData("EPRT |1|127.0.0.2|2048|")]
    [InlineData("EPRT |1|127.0.0.1|80|")]
    public async Task Active_ToOthersOrLowPorts_IsRefusedAndLogged(string command)
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        await client.SayAsync(command, 504);
        await client.SayAsync("RETR pub/poem.txt", 425);
        Assert.Contains(site.Log.Lines, line => line.Text.EndsWith("and was refused", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PORT 127,0,0,1,8", 501)]
    [InlineData("PORT 127,0,0,1,8,256", 501)]
    [InlineData("PORT 127,0,0,1,8,0,0", 501)]
    [InlineData("PORT 127,0,0,1,8,-1", 501)]
    [InlineData("EPRT |", 501)]
    [InlineData("EPRT |1|localhost|2048|", 501)]
    [InlineData("EPRT |1|127.0.0.1|65536|", 501)]
    [InlineData("EPRT |3|127.0.0.1|2048|", 522)]
    [InlineData("EPRT |2|::1|2048|", 522)]
    [InlineData("EPRT |1|::1|2048|", 504)]
    [InlineData("EPSV 2", 522)]
    [InlineData("EPSV 3", 501)]
    public async Task Addresses_ThatAreNone_AreRefused(string command, int code)
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        await client.SayAsync(command, code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("QUIT\r\n")]
    public async Task Client_ThatLeavesBeforeItsDataConnection_DoesNotKeepItsPlace(string before)
    {
        await using var site = await FtpSite.StartAsync();
        using (var client = await site.LogInAsync("ftp"))
        {
            await client.ExtendedPassiveAsync();
            await client.SayAsync("RETR pub/poem.txt", 150);
            await client.SendAsync(before);
            client.Socket.Shutdown(SocketShutdown.Send);
            await client.ExpectAsync(425);
        }

        // And not after the 30 s that the data connection has.
        Assert.Contains(site.Log.Lines, line => line.Text.EndsWith("ended after 0 bytes: The client has left.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_ClientWithoutItsDataConnection_IsNotWaitedFor()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        await client.ExtendedPassiveAsync();
        await client.SayAsync("RETR pub/poem.txt", 150);
        await site.StopAsync().Soon();
        Assert.Contains(site.Log.Lines, line => line.Text.EndsWith("ended after 0 bytes: The service is being shut down.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Client_ThatHasSentAll_StillGetsItsTransfer()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        using var data = await client.PassiveAsync();
        await client.SendAsync("RETR pub/poem.txt\r\nQUIT\r\n");
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("I celebrate", Encoding.UTF8.GetString(await data.ReadToEndAsync()), StringComparison.Ordinal);
        await client.ExpectAsync(150);
        await client.ExpectAsync(226);
        await client.ExpectAsync(221);
    }

    [Theory]
    [InlineData("PORT")]
    [InlineData("EPRT")]
    public async Task Active_ToTheClient_Connects(string command)
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await client.SayAsync(command == "PORT" ? $"PORT 127,0,0,1,{port >> 8},{port & 0xFF}" : $"EPRT ,1,127.0.0.1,{port},", 200);
        await client.SendAsync("RETR pub/poem.txt\r\n");
        using var data = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().Soon();
        await client.ExpectAsync(150);
        using StreamReader reader = new(data.GetStream());
        Assert.Equal("I celebrate myself\nand sing myself\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon());
        await client.ExpectAsync(226);
    }

    [Fact]
    public async Task Active_NobodyListens_IsTold()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        await client.SayAsync($"EPRT |1|127.0.0.1|{UnusedPort.Next()}|", 200);
        await client.SayAsync("RETR pub/poem.txt", 150);
        await client.ExpectAsync(425);
        await client.SayAsync("NOOP", 200);
    }

    [Fact]
    public async Task Passive_AStrangerConnects_IsRefusedAndTheClientServed()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        var port = await client.ExtendedPassiveAsync();
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        stranger.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await stranger.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken).AsTask().Soon();
        await client.SayAsync("RETR pub/poem.txt", 150);
        var stolen = 0;
        try
        {
            stolen = await stranger.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().Soon();
        }
        catch (SocketException)
        {
            // Reset, which is as good as nothing.
        }

        Assert.Equal(0, stolen);
        using var data = await Client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        Assert.StartsWith("I celebrate", Encoding.UTF8.GetString(await data.ReadToEndAsync()), StringComparison.Ordinal);
        await client.ExpectAsync(226);
        Assert.Contains(site.Log.Lines, line => line.Text.Contains("was tried by 127.0.0.2:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Passive_PortsAndAddress_AreThoseOfTheServer()
    {
        var free = UnusedPort.Next();
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1")
        {
            PassivePorts = new PortRange(free, free),
            PassiveAddress = IPAddress.Parse("192.0.2.7"),
        });
        using var client = await site.LogInAsync("ftp");
        for (var i = 0; i < 3; i++)
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"(192,0,2,7,{free >> 8},{free & 0xFF})"), await client.SayAsync("PASV", 227), StringComparison.Ordinal);
        using var other = await site.LogInAsync("ftp");
        await other.SayAsync("PASV", 425);
        await other.SayAsync("EPSV", 425);
        Assert.StartsWith("I celebrate", await client.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
        await other.SayAsync("EPSV", 229);
    }

    [Fact]
    public async Task EpsvAll_NothingElseIsTakenAfterIt()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        await client.SayAsync("EPSV ALL", 200);
        await client.SayAsync("PASV", 503);
        await client.SayAsync("PORT 127,0,0,1,8,0", 503);
        await client.SayAsync("EPRT |1|127.0.0.1|2048|", 503);
        Assert.StartsWith("I celebrate", await client.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50000-50100", 50000, 50100)]
    [InlineData("50000", 50000, 50000)]
    public void PortRange_Parse_ReadsWhatItPrints(string text, int first, int last)
    {
        var range = PortRange.Parse(text, null);
        Assert.Equal(new PortRange(first, last), range);
        Assert.Equal(range, PortRange.Parse(range.ToString(), null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0-10")]
    [InlineData("20-10")]
    [InlineData("1-65536")]
    [InlineData("a-b")]
    [InlineData("1-2-3")]
    public void PortRange_Parse_RefusesOthers(string text) => Assert.Throws<FormatException>(() => PortRange.Parse(text, null));

    [Theory]
    [InlineData("LIST")]
    [InlineData("NLST")]
    [InlineData("MLSD")]
    public async Task Listing_ThatIsNeverTaken_KeepsNothingOpen(string command)
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        for (var i = 0; i < 20; i++)
        {
            await client.ExtendedPassiveAsync();
            await client.SayAsync($"{command} pub", 150);
            await client.SayAsync("ABOR", 426);
            await client.ExpectAsync(226);
        }

        Assert.DoesNotContain(new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos(), descriptor => descriptor.LinkTarget == site["pub"]);
    }
}
