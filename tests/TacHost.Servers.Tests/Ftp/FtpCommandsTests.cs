using System.Net.Sockets;
using TacHost.Ftp;
using TacHost.Servers.Tests.Ftp.Fakes;

namespace TacHost.Servers.Tests.Ftp;

public sealed class FtpCommandsTests
{
    [Theory]
    [InlineData("PWD")]
    [InlineData("RETR pub/poem.txt")]
    [InlineData("EPSV")]
    [InlineData("PORT 127,0,0,1,8,0")]
    [InlineData("LIST")]
    [InlineData("STAT")]
    [InlineData("DELE pub/poem.txt")]
    public async Task BeforeTheLogin_AnythingWithFiles_IsRefused(string command)
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.ConnectAsync();
        await client.SayAsync(command, 530);
        await client.SayAsync("PASS secret", 503);
    }

    [Theory]
    [InlineData("STOR new.txt")]
    [InlineData("APPE pub/poem.txt")]
    [InlineData("STOU")]
    [InlineData("DELE pub/poem.txt")]
    [InlineData("MKD new")]
    [InlineData("RMD pub/deep")]
    [InlineData("RNFR pub/poem.txt")]
    [InlineData("RNTO new.txt")]
    [InlineData("MFMT 20200101000000 pub/poem.txt")]
    public async Task Anonymous_WhateverChanges_IsRefused(string command)
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("anonymous", "me@example.org");
        using var data = await client.PassiveAsync();
        await client.SayAsync(command, 550);
        Assert.True(File.Exists(site["pub/poem.txt"]));
        Assert.False(File.Exists(site["new.txt"]));
    }

    [Fact]
    public async Task Users_MayNotWrite_UnlessTheServerSaysSo()
    {
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1") { Users = site.Users });
        using var client = await site.LogInAsync();
        await client.SayAsync("DELE pub/poem.txt", 550);
        Assert.StartsWith("I celebrate", await client.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WrongThreeTimes_EndsTheSession()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.ConnectAsync();
        foreach (var (user, code) in ((string, int)[])[("bob", 530), ("nobody", 530), ("root", 421)])
        {
            await client.SayAsync($"USER {user}", 331);
            await client.SayAsync("PASS wrong", code);
        }

        Assert.Equal("", await client.ReadReplyAsync());
        Assert.Contains(site.Log.Lines, line => line.Text.EndsWith("could not log in as 'root'", StringComparison.Ordinal));
        Assert.DoesNotContain(site.Log.Lines, line => line.Text.Contains("wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Login_NoAnonymous_AnonymousIsRefused()
    {
        await using var site = await FtpSite.StartAsync(site => new FtpServer(site.Root, 0, "127.0.0.1") { Users = site.Users, AllowAnonymous = false });
        using var client = await site.ConnectAsync();
        await client.SayAsync("USER anonymous", 331);
        await client.SayAsync("PASS x", 530);
    }

    [Fact]
    public async Task Login_PasswordFileDamaged_NobodyGetsInAndItIsLogged()
    {
        await using var site = await FtpSite.StartAsync();
        File.AppendAllText(site.UsersFile, "eve:plain\n");
        using var client = await site.ConnectAsync();
        await client.SayAsync("USER bob", 331);
        await client.SayAsync("PASS secret", 530);
        Assert.Contains(site.Log.Lines, line => line.Failure?.Message.Contains("line 4", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Home_IsAllThatItsUserSees()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("alice");
        Assert.Contains("\"/\"", await client.SayAsync("PWD", 257), StringComparison.Ordinal);
        Assert.Equal("mine", await client.GetAsync("RETR /own.txt"));
        Assert.Equal("own.txt\r\n", await client.GetAsync("NLST"));
        await client.SayAsync("CWD ../../pub", 550);
        await client.PutAsync("STOR ../../../new.txt", "new");
        Assert.Equal("new", File.ReadAllText(site["home/alice/new.txt"]));
        using var lost = await site.ConnectAsync();
        await lost.SayAsync("USER lost", 331);
        await lost.SayAsync("PASS secret", 530);
    }

    [Fact]
    public async Task Directories_EnterMakeRemove()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        await client.SayAsync("CWD pub", 250);
        await client.SayAsync("CWD deep", 250);
        Assert.Contains("\"/pub/deep\"", await client.SayAsync("PWD", 257), StringComparison.Ordinal);
        await client.SayAsync("CDUP", 250);
        await client.SayAsync("CDUP", 250);
        await client.SayAsync("CDUP", 250);
        Assert.Contains("\"/\"", await client.SayAsync("PWD", 257), StringComparison.Ordinal);
        await client.SayAsync("CWD pub/poem.txt", 550);
        await client.SayAsync("CWD none", 550);
        Assert.Contains("\"/say \"\"hi\"\" ü\"", await client.SayAsync("MKD say \"hi\" ü", 257), StringComparison.Ordinal);
        Assert.True(Directory.Exists(site["say \"hi\" ü"]));
        await client.SayAsync("MKD pub", 550);
        await client.SayAsync("RMD say \"hi\" ü", 250);
        Assert.Contains("not empty", await client.SayAsync("RMD pub", 550), StringComparison.Ordinal);
        await client.SayAsync("RMD /", 550);
    }

    [Fact]
    public async Task Files_SizeTimeRenameDelete()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        Assert.Equal("213 35\n", await client.SayAsync("SIZE pub/poem.txt", 213));
        await client.SayAsync("SIZE pub", 550);
        await client.SayAsync("TYPE A", 200);
        await client.SayAsync("SIZE pub/poem.txt", 550);
        Assert.Contains("Modify=20200131123456", await client.SayAsync("MFMT 20200131123456 pub/poem.txt", 213), StringComparison.Ordinal);
        Assert.Equal("213 20200131123456\n", await client.SayAsync("MDTM pub/poem.txt", 213));
        await client.SayAsync("MFMT yesterday pub/poem.txt", 501);
        await client.SayAsync("RNTO other.txt", 503);
        await client.SayAsync("RNFR pub/poem.txt", 350);
        await client.SayAsync("RNTO other.txt", 250);
        Assert.True(File.Exists(site["other.txt"]));
        await client.SayAsync("RNFR none.txt", 550);
        await client.SayAsync("DELE other.txt", 250);
        await client.SayAsync("DELE other.txt", 550);
        await client.SayAsync("DELE pub", 550);
    }

    [Fact]
    public async Task Retrieve_FromAPosition_SendsTheRest()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync("ftp");
        await client.SayAsync("REST 2", 350);
        Assert.Equal("celebrate myself\nand sing myself\n", await client.GetAsync("RETR pub/poem.txt"));
        Assert.StartsWith("I celebrate", await client.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
        await client.SayAsync("REST 36", 350);
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("RETR pub/poem.txt", 554);
        await client.SayAsync("REST -1", 501);
        await client.SayAsync("REST 99999999999999999999", 501);
    }

    [Fact]
    public async Task Store_NewResumedAppendedUnique()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        await client.PutAsync("STOR new.txt", "0123456789");
        await client.SayAsync("REST 4", 350);
        await client.PutAsync("STOR new.txt", "abc");
        Assert.Equal("0123abc", File.ReadAllText(site["new.txt"]));
        await client.PutAsync("APPE new.txt", "!");
        Assert.Equal("0123abc!", File.ReadAllText(site["new.txt"]));
        await client.SayAsync("REST 100", 350);
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("STOR new.txt", 554);
        using (var data = await client.PassiveAsync())
        {
            var name = (await client.SayAsync("STOU", 150)).Split("FILE: ")[1].Trim();
            await data.SendAsync("unique");
            data.Dispose();
            await client.ExpectAsync(226);
            Assert.Equal("unique", File.ReadAllText(site[name]));
        }

        await client.SayAsync("STOR pub", 425);
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("STOR pub", 550);
        await client.SayAsync("STOR none/new.txt", 550);
    }

    [Fact]
    public async Task Store_DataConnectionNeverComes_KeepsWhatWasThere()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("STOR pub/poem.txt", 150);
        await client.SayAsync("ABOR", 426);
        await client.ExpectAsync(226);
        Assert.StartsWith("I celebrate", File.ReadAllText(site["pub/poem.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_ControlConnectionLost_KeepsWhatCame()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        using var data = await client.PassiveAsync();
        await client.SayAsync("STOR half.txt", 150);
        await data.SendAsync("half");
        await Until.TrueAsync(() => File.ReadAllText(site["half.txt"]) == "half", "the half in the file");
        client.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Socket.Close();
        Assert.Empty(await data.ReadToEndAsync());
        Assert.Equal("half", File.ReadAllText(site["half.txt"]));
    }

    [Fact]
    public async Task Ascii_LinesAreConvertedBothWays()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        await client.SayAsync("TYPE A", 200);
        Assert.Equal("I celebrate myself\r\nand sing myself\r\n", await client.GetAsync("RETR pub/poem.txt"));
        await client.PutAsync("STOR a.txt", "one\r\ntwo\rthree\r\n\r");
        Assert.Equal("one\ntwo\rthree\n\r", File.ReadAllText(site["a.txt"]));
        await client.SayAsync("REST 2", 350);
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("RETR pub/poem.txt", 504);
    }

    [Fact]
    public async Task Abort_OfATransferThatCannotEnd_FreesTheSession()
    {
        await using var site = await FtpSite.StartAsync();
        using (var large = File.Create(site["large"]))
            large.SetLength(100_000_000);
        using var client = await site.LogInAsync();
        using (var data = await client.PassiveAsync())
        {
            await client.SayAsync("RETR large", 150);
            await data.ReadAsync(1000);
            Assert.Contains("Transfer in progress", await client.SayAsync("STAT", 211), StringComparison.Ordinal);

            // As Python's ftplib and old clients do: the end of the line, and the end of the Telnet command before it, are urgent and not in the stream.
            await client.SendAsync([0xFF, 0xF4, 0xFF, .. "ABOR\r"u8]);
            await client.ExpectAsync(426);
            await client.ExpectAsync(226);
        }

        await client.SayAsync("ABOR", 226);
        Assert.StartsWith("I celebrate", await client.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quit_WhileSending_WaitsForTheEnd()
    {
        await using var site = await FtpSite.StartAsync();
        using (var large = File.Create(site["large"]))
            large.SetLength(20_000_000);
        using var client = await site.LogInAsync();
        using var data = await client.PassiveAsync();
        await client.SayAsync("RETR large", 150);
        await client.SendAsync("QUIT\r\n");
        Assert.Equal(20_000_000, (await data.ReadToEndAsync()).Length);
        await client.ExpectAsync(226);
        await client.ExpectAsync(221);
    }

    [Fact]
    public async Task List_EachForm_ShowsWhatCanBeHad()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        Assert.Equal("home\r\ninside.txt\r\npub\r\n", await client.GetAsync("NLST"));
        Assert.Equal(".hidden\r\nhome\r\ninside.txt\r\npub\r\n", await client.GetAsync("NLST -a"));
        Assert.Equal("pub/poem.txt\r\n", await client.GetAsync("NLST pub/*.txt"));
        Assert.Equal("pub/poem.txt\r\n", await client.GetAsync("NLST pub/poem.txt"));
        File.SetLastWriteTimeUtc(site["pub/poem.txt"], new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.Contains("ftp      ftp                35 Feb 03  2001 poem.txt\r\n", await client.GetAsync("LIST -la pub"), StringComparison.Ordinal);
        var facts = await client.GetAsync("MLSD pub");
        Assert.StartsWith("type=cdir;", facts, StringComparison.Ordinal);
        Assert.Contains("type=file;size=35;modify=20010203040506;perm=rwadf;", facts, StringComparison.Ordinal);
        Assert.DoesNotContain("up\r\n", facts, StringComparison.Ordinal);
        await client.SayAsync("OPTS MLST size;Type;unknown;", 200);
        Assert.Contains("MLST type*;size*;modify;perm;unique;", await client.SayAsync("FEAT", 211), StringComparison.Ordinal);
        Assert.Contains(" type=file;size=35; /pub/poem.txt\n", await client.SayAsync("MLST pub/poem.txt", 250), StringComparison.Ordinal);
        Assert.Contains("poem.txt", await client.SayAsync("STAT pub", 213), StringComparison.Ordinal);
        await client.SayAsync("EPSV", 229);
        await client.SayAsync("NLST none", 550);
        await client.SayAsync("MLSD pub/poem.txt", 550);
    }

    [Fact]
    public async Task List_LargeDirectory_IsComplete()
    {
        await using var site = await FtpSite.StartAsync();
        Directory.CreateDirectory(site["many"]);
        for (var i = 0; i < 6000; i++)
            File.WriteAllText(site[$"many/{i:d6}-a-rather-long-name-for-a-file"], "");
        using var client = await site.LogInAsync("ftp");
        Assert.Equal(6000, (await client.GetAsync("NLST many")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    [Fact]
    public async Task Information_IsThere()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        await client.SayAsync("SYST", 215);
        await client.SayAsync("NOOP", 200);
        await client.SayAsync("OPTS UTF8 ON", 200);
        await client.SayAsync("MODE S", 200);
        await client.SayAsync("MODE B", 504);
        await client.SayAsync("STRU F", 200);
        await client.SayAsync("STRU R", 504);
        await client.SayAsync("TYPE E", 504);
        await client.SayAsync("ALLO 100", 202);
        Assert.Contains("RETR", await client.SayAsync("HELP", 214), StringComparison.Ordinal);
        Assert.Contains("RETR <file>", await client.SayAsync("help retr", 214), StringComparison.Ordinal);
        await client.SayAsync("RETR", 501);
        await client.SayAsync("FROB", 500);
        await client.SayAsync("AUTH TLS", 502);
        Assert.Contains("No transfer in progress", await client.SayAsync("STAT", 211), StringComparison.Ordinal);
        await client.SayAsync("REIN", 220);
        await client.SayAsync("PWD", 530);
    }

    [Fact]
    public async Task Line_TooLongOrNotUtf8_DoesNoHarm()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        await client.SendAsync([.. "CWD "u8, 0xC0, 0xAE, 0xC0, 0xAE, .. "\r\n"u8]);
        await client.ExpectAsync(501);
        await client.SayAsync("CWD a\0b", 501);
        await client.SayAsync($"CWD {new string('x', 8000)}", 550);
        await client.SendAsync(new string('x', 9000));
        await client.ExpectAsync(500);
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Pipelined_CommandsBehindATransfer_WaitForIt()
    {
        await using var site = await FtpSite.StartAsync();
        using var client = await site.LogInAsync();
        using var data = await client.PassiveAsync();
        await client.SendAsync("STOR new.txt\r\nSIZE new.txt\r\nPWD\r\n");
        await client.ExpectAsync(150);
        await data.SendAsync("12345");
        data.Dispose();
        await client.ExpectAsync(226);
        Assert.Equal("213 5\n", await client.ExpectAsync(213));
        await client.ExpectAsync(257);
    }
}
