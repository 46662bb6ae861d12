using System.Net;
using TacHost.Servers.Tests.Ftp.Fakes;

namespace TacHost.Servers.Tests.Ftp;

public sealed class FtpTlsTests
{
    [Fact]
    public async Task WithACertificate_PasswordsAreTakenUnderTlsOnly()
    {
        await using var site = await FtpSite.StartTlsAsync();
        using var client = await site.ConnectAsync();
        Assert.Contains("AUTH TLS", await client.SayAsync("FEAT", 211), StringComparison.Ordinal);
        await client.SayAsync("USER bob", 530);
        await client.SayAsync("PASS secret", 503);
        await client.SayAsync("USER ftp", 331);
        await client.SayAsync("PASS x", 230);
        await client.SayAsync("PBSZ 0", 503);
        await client.SayAsync("PROT P", 503);
        await client.SayAsync("AUTH KERBEROS", 504);
    }

    [Fact]
    public async Task Required_EverybodyMustSpeakIt()
    {
        await using var site = await FtpSite.StartTlsAsync(required: true);
        using var client = await site.ConnectAsync();
        await client.SayAsync("USER ftp", 530);
        await client.StartTlsAsync();
        await client.SayAsync("USER ftp", 331);
        await client.SayAsync("PASS x", 230);
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("LIST", 521);
        await client.SayAsync("PBSZ 0", 200);
        await client.SayAsync("PROT C", 534);
        await client.SayAsync("PROT S", 536);
        await client.SayAsync("PROT P", 200);
        await client.SayAsync("AUTH TLS", 503);
        await client.SayAsync("QUIT", 221);
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task CommandsInTheClearBehindAuth_AreNeverObeyed()
    {
        await using var site = await FtpSite.StartTlsAsync();
        using var client = await site.ConnectAsync();
        await client.SendAsync("AUTH TLS\r\nUSER ftp\r\nPASS x\r\n");
        await client.ExpectAsync(234);
        Assert.Equal("", await client.ReadReplyAsync());
        Assert.DoesNotContain(site.Log.Lines, line => line.Text.Contains("logged in", StringComparison.Ordinal));
        using var other = await site.LogInAsync("ftp");
    }

    [Fact]
    public async Task AuthTls_CommandsInTheClearBehindIt_AreNeverExecuted()
    {
        await using var site = await FtpSite.StartTlsAsync();
        using var client = await site.LogInAsync("ftp");
        var port = await client.ExtendedPassiveAsync();
        await client.SayAsync("RETR pub/poem.txt", 150);
        await client.SendAsync("AUTH TLS\r\nSYST\r\n");
        using (var data = await Client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)))
            await data.ReadToEndAsync();
        await client.ExpectAsync(226);
        await client.ExpectAsync(234);
        Assert.DoesNotContain("215", await client.ReadReplyAsync(), StringComparison.Ordinal);
    }
}
