using System.Text;
using TacHost.Servers.Tests.Ftp.Fakes;

namespace TacHost.Servers.Tests.Ftp;

/// <summary>Rubbish in every form: nothing breaks, nothing grows, nothing gets out, and others are served meanwhile.</summary>
[Collection<AloneCollection>]
public sealed class FtpFuzzTests
{
    private const int Seed = 2121;

    private static readonly string[] _verbs =
    [
        "USER", "PASS", "CWD", "CDUP", "PWD", "MKD", "RMD", "DELE", "RNFR", "RNTO", "RETR", "STOR", "APPE", "STOU", "REST", "ABOR", "TYPE", "MODE", "STRU", "ALLO",
        "PASV", "EPSV", "PORT", "EPRT", "LIST", "NLST", "MLSD", "MLST", "SIZE", "MDTM", "MFMT", "STAT", "HELP", "FEAT", "OPTS", "AUTH", "PBSZ", "PROT", "SITE", "REIN", "CLNT", "NOOP", "FROB",
    ];

    private static readonly string[] _words =
    [
        "..", "../..", "/", "//", ".", "~", "outside", "outside/secret.txt", "pub/up/secret.txt", "climbing.txt", "../outside/secret.txt", "/../../outside/secret.txt", "pub/../../outside", "%2e%2e/outside",
        "..\\outside", "..;", "pub", "pub/poem.txt", "*", "pub/*", "-la ..", "-R /", "home/alice/../../..", "/proc/self/environ", "/etc/passwd", "bob", "secret", "ftp", "A", "I", "0", "-1", "99999999999999999999",
        "20200101000000 climbing.txt", "127,0,0,1,8,0", "|1|127.0.0.1|2048|", "\0", "ü", "\ufffd", " ", "\t", "\"", "inside.txt",
    ];

    [Fact]
    public Task Commands_OfSomeWords_NothingGetsOutAndOthersAreServed() => TryCommandsAsync(4);

    [Fact]
    [LongSet]
    public Task Commands_OfAnyWords_NothingGetsOutAndOthersAreServed() => TryCommandsAsync(40);

    [Fact]
    public Task Transfers_OfSomeNames_NothingGetsOut() => TryTransfersAsync(30);

    [Fact]
    [LongSet]
    public Task Transfers_OfAnyName_NothingGetsOut() => TryTransfersAsync(300);

    private static async Task TryCommandsAsync(int sessions)
    {
        await using var site = await FtpSite.StartAsync();
        using var other = await site.LogInAsync("ftp");
        var random = new Random(Seed);
        for (var session = 0; session < sessions; session++)
        {
            using var client = await site.LogInAsync();
            StringBuilder lines = new();
            for (var i = 0; i < 100; i++)
            {
                var verb = _verbs[random.Next(_verbs.Length)];
                var argument = string.Concat(Enumerable.Range(0, random.Next(0, 4)).Select(_ => _words[random.Next(_words.Length)]));
                lines.Append(verb).Append(' ').Append(argument).Append("\r\n");
            }

            // Transfers that nobody connects for would be waited for.
            await client.SendAsync(lines.Replace("RETR ", "SIZE ").Replace("STOR ", "MDTM ").Replace("APPE ", "MLST ").Replace("STOU ", "MLST ").Replace("MLSD ", "STAT ").Replace("LIST ", "STAT ").Replace("NLST ", "STAT ").Append("QUIT\r\n").ToString());
            var replies = await ReadAllAsync(client);
            Assert.DoesNotContain(FtpSite.Secret, replies, StringComparison.Ordinal);
            Assert.DoesNotContain(site.Root, replies, StringComparison.Ordinal);
            AssertNothingGotOut(site);
        }

        await other.SayAsync("NOOP", 200);
        Assert.DoesNotContain(site.Log.Lines, line => line.Failure is not null);
    }

    private static async Task TryTransfersAsync(int transfers)
    {
        await using var site = await FtpSite.StartAsync();
        var random = new Random(Seed);
        using var client = await site.LogInAsync();
        for (var i = 0; i < transfers; i++)
        {
            var name = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => _words[random.Next(_words.Length)]));
            var verb = ((string[])["RETR", "STOR", "APPE", "LIST", "NLST", "MLSD"])[random.Next(6)];
            using var data = await client.PassiveAsync();
            await client.SendAsync($"{verb} {name}\r\n");
            var reply = await client.ReadReplyAsync();
            if (!reply.StartsWith("150", StringComparison.Ordinal))
                continue;
            if (verb is "STOR" or "APPE")
                await data.SendAsync("x");
            else
                Assert.DoesNotContain(FtpSite.Secret, Encoding.UTF8.GetString(await data.ReadToEndAsync()), StringComparison.Ordinal);
            data.Dispose();
            await client.ExpectAsync(226);
            AssertNothingGotOut(site);
        }
    }

    [Fact]
    public async Task Bytes_OfSomeKinds_NothingBreaks()
    {
        await using var site = await FtpSite.StartAsync();
        var random = new Random(Seed);
        for (var i = 0; i < 30; i++)
            await RubbishAsync(site, random);
        using var other = await site.LogInAsync("ftp");
        Assert.StartsWith("I celebrate", await other.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
        Assert.DoesNotContain(site.Log.Lines, line => line.Failure is not null);
    }

    [Fact]
    [LongSet]
    public async Task Bytes_OfAnyKind_NothingBreaksOrGrows()
    {
        await using var site = await FtpSite.StartAsync();
        var random = new Random(Seed);
        for (var warm = 0; warm < 50; warm++)
            await RubbishAsync(site, random);
        var before = Held();
        for (var i = 0; i < 300; i++)
            await RubbishAsync(site, random);
        Assert.InRange(Held() - before, long.MinValue, 10_000_000);
        using var other = await site.LogInAsync("ftp");
        Assert.StartsWith("I celebrate", await other.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);
        Assert.DoesNotContain(site.Log.Lines, line => line.Failure is not null);
    }

    [Fact]
    [LongSet]
    public async Task BytesUnderTlsAndInHandshakes_NothingBreaks()
    {
        await using var site = await FtpSite.StartTlsAsync();
        var random = new Random(Seed);
        for (var i = 0; i < 100; i++)
        {
            using var client = await site.ConnectAsync();
            await client.SayAsync("AUTH TLS", 234);
            var rubbish = new byte[random.Next(1, 500)];
            random.NextBytes(rubbish);
            await client.SendAsync(rubbish);
        }

        using var other = await site.LogInAsync("ftp");
        Assert.DoesNotContain(site.Log.Lines, line => line.Failure is not null);
    }

    private static async Task RubbishAsync(FtpSite site, Random random)
    {
        using var client = await FtpClient.ConnectRawAsync(site.EndPoint);
        var rubbish = new byte[random.Next(1, 20_000)];
        random.NextBytes(rubbish);
        try
        {
            await client.SendAsync(rubbish);
            await client.SendAsync("\r\nQUIT\r\n");
            await ReadAllAsync(client);
        }
        catch (IOException)
        {
            // Lines that are too long end the session.
        }
    }

    private static async Task<string> ReadAllAsync(FtpClient client)
    {
        StringBuilder all = new();
        while (await client.ReadReplyAsync() is { Length: > 0 } reply)
            all.Append(reply);
        return all.ToString();
    }

    private static void AssertNothingGotOut(FtpSite site)
    {
        Assert.Equal(["secret.txt"], Directory.GetFileSystemEntries(site.Outside).Select(Path.GetFileName));
        Assert.Equal(FtpSite.Secret, File.ReadAllText(Path.Combine(site.Outside, "secret.txt")));
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
