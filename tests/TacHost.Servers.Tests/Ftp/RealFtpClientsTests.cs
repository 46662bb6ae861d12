using TacHost.Servers.Tests.Ftp.Fakes;

namespace TacHost.Servers.Tests.Ftp;

/// <summary>lftp, curl and Python's ftplib, which nobody here wrote.</summary>
public sealed class RealFtpClientsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lftp_UploadListResumeMirrorRename(bool tls)
    {
        await using var site = tls ? await FtpSite.StartTlsAsync(required: true) : await FtpSite.StartAsync();
        using TemporaryDirectory local = new();
        var content = Random.Shared.GetHexString(2_000_000);
        File.WriteAllText(local["large.bin"], content);
        File.WriteAllText(site["large.bin"], content[..700_000]);
        File.WriteAllText(local["half.bin"], content[..900_000]);
        File.WriteAllText(site["half.bin"], content);
        var output = await RealClient.RunAsync("lftp", "", "-c", string.Join('\n',
        [
            "set net:max-retries 1", "set net:timeout 20", "set cmd:fail-exit yes", "set xfer:clobber yes",
            tls ? $"set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ssl:ca-file {site.CertificateFile}; set ssl:check-hostname no" : "set ftp:ssl-allow no",
            $"open -p {site.Port} -u bob,secret 127.0.0.1",
            "cls -1 pub/",
            "ls pub",
            $"reput {local["large.bin"]}",
            $"get -c half.bin -o {local["half.bin"]}",
            "mkdir -p made/two",
            $"put {local["large.bin"]} -o made/two/ü.bin",
            "mv made/two moved",
            "ls moved",
            $"mirror pub {local["mirror"]}",
            $"mirror -R {local["mirror"]} back",
            "cat back/deep/Überschrift.txt",
            "rm -r back",
        ]));
        Assert.Contains("poem.txt", output, StringComparison.Ordinal);
        Assert.Contains("ü.bin", output, StringComparison.Ordinal);
        Assert.Contains("schön", output, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(site["large.bin"]));
        Assert.Equal(content, File.ReadAllText(local["half.bin"]));
        Assert.Equal(content, File.ReadAllText(site["moved/ü.bin"]));
        Assert.Equal("schön", File.ReadAllText(local["mirror/deep/Überschrift.txt"]));
        Assert.False(Directory.Exists(site["back"]));
        Assert.Equal(FtpSite.Secret, File.ReadAllText(Path.Combine(site.Outside, "secret.txt")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-P -")]
    [InlineData("-P - --disable-eprt")]
    [InlineData("--disable-epsv")]
    public async Task Curl_EachKindOfDataConnection_DownloadsARange(string options)
    {
        await using var site = await FtpSite.StartAsync();
        Assert.Equal("celebrate", await CurlAsync($"{options} -r 2-10 ftp://127.0.0.1:{site.Port}/pub/poem.txt"));
        Assert.Equal("schön", await CurlAsync($"{options} ftp://127.0.0.1:{site.Port}/pub/deep/%C3%9Cberschrift.txt"));
        Assert.Equal("deep\npoem.txt\n", await CurlAsync($"{options} -l ftp://127.0.0.1:{site.Port}/pub/"));
        Assert.Equal("I celebrate myself\nand sing myself\n", await CurlAsync($"{options} --use-ascii ftp://127.0.0.1:{site.Port}/pub/poem.txt"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-P -")]
    public async Task Curl_UploadsResumesAppends(string options)
    {
        await using var site = await FtpSite.StartAsync();
        var url = $"ftp://bob:secret@127.0.0.1:{site.Port}/new/deep/file.txt";
        using TemporaryDirectory local = new();
        File.WriteAllText(local["up"], "0123456789");
        await CurlAsync($"{options} --ftp-create-dirs -T {local["up"]} {url}");
        Assert.Equal("0123456789", File.ReadAllText(site["new/deep/file.txt"]));
        File.WriteAllText(local["up"], "0123456789abc");
        await CurlAsync($"{options} -C - -T {local["up"]} {url}");
        Assert.Equal("0123456789abc", File.ReadAllText(site["new/deep/file.txt"]));
        await CurlAsync($"{options} --append -T {local["up"]} {url}");
        Assert.Equal("0123456789abc0123456789abc", File.ReadAllText(site["new/deep/file.txt"]));
    }

    [Fact]
    public async Task Curl_Tls_IsRequiredOrTheSessionEnds()
    {
        await using var site = await FtpSite.StartTlsAsync(required: true);
        var where = $"--resolve localhost:{site.Port}:127.0.0.1";
        Assert.Equal("I celebrate myself\nand sing myself\n", await CurlAsync($"{where} --ssl-reqd --cacert {site.CertificateFile} ftp://bob:secret@localhost:{site.Port}/pub/poem.txt"));
        Assert.Equal("I celebrate myself\nand sing myself\n", await CurlAsync($"{where} --ssl-reqd --tlsv1.2 --tls-max 1.2 --cacert {site.CertificateFile} ftp://localhost:{site.Port}/pub/poem.txt"));
        Assert.Equal("", await CurlAsync($"{where} ftp://localhost:{site.Port}/pub/poem.txt"));
        Assert.Equal("", await CurlAsync($"{where} --ssl-reqd ftp://localhost:{site.Port}/pub/poem.txt"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ftplib_EverythingItKnows(bool tls)
    {
        await using var site = tls ? await FtpSite.StartTlsAsync() : await FtpSite.StartAsync();
        var output = await RealClient.RunAsync("python3", $$"""
            import ftplib, io, ssl
            if {{(tls ? "True" : "False")}}:
                ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile='{{site.CertificateFile}}'))
                ftp.connect('localhost', {{site.Port}}, 20)
                ftp.login('bob', 'secret')
                ftp.prot_p()
            else:
                ftp = ftplib.FTP()
                ftp.connect('127.0.0.1', {{site.Port}}, 20)
                ftp.login('bob', 'secret')
            print(ftp.nlst())
            print(ftp.nlst('pub'))
            print([name for name, facts in ftp.mlsd('pub') if facts['type'] == 'file'])
            print(ftp.mkd('new'), ftp.cwd('new'), ftp.pwd())
            print(ftp.storbinary('STOR a.txt', io.BytesIO(b'0123456789')))
            print(ftp.storlines('STOR lines.txt', io.BytesIO(b'one\ntwo\n')))
            ftp.voidcmd('TYPE I')
            print(ftp.size('a.txt'), ftp.size('lines.txt'))
            got = []
            ftp.retrbinary('RETR a.txt', got.append, rest=4)
            print(b''.join(got))
            ftp.storbinary('STOR a.txt', io.BytesIO(b'X'), rest=10)
            lines = []
            ftp.retrlines('RETR lines.txt', lines.append)
            print(lines)
            ftp.dir(print)
            print(ftp.rename('a.txt', 'b.txt'), ftp.sendcmd('MDTM b.txt')[:3])
            data = ftp.transfercmd('STOR c.txt')
            data.sendall(b'half')
            print(ftp.abort())
            data.close()
            print(ftp.getresp())
            ftp.set_pasv(False)
            active = []
            ftp.retrbinary('RETR lines.txt', active.append)
            print(b''.join(active))
            print(ftp.delete('b.txt'))
            print(ftp.quit())
            """);
        var lines = output.Split('\n');
        Assert.Equal("['home', 'inside.txt', 'pub']", lines[0]);
        Assert.Equal("['deep', 'poem.txt']", lines[1]);
        Assert.Equal("['poem.txt']", lines[2]);
        Assert.Equal("/new 250 Directory changed to /new /new", lines[3]);
        Assert.Contains("10 8\n", output, StringComparison.Ordinal);
        Assert.Contains("b'456789'\n['one', 'two']\n", output, StringComparison.Ordinal);
        Assert.Contains("b'one\\ntwo\\n'\n", output, StringComparison.Ordinal);
        Assert.EndsWith("250 Command successful.\n221 Goodbye.\n", output, StringComparison.Ordinal);
        Assert.Equal("one\ntwo\n", File.ReadAllText(site["new/lines.txt"]));
        Assert.False(File.Exists(site["new/b.txt"]));
    }

    private static Task<string> CurlAsync(string arguments) =>
        RealClient.RunAsync("curl", "", ["-sS", "--max-time", "20", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
