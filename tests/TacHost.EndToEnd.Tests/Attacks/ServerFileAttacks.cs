using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>What servers that run as root write in directories of another user: access logs and uploads.</summary>
[Collection("attacks")]
public sealed class ServerFileAttacks(SecondUser eve)
{
    private const string Secret = "a secret of root's\n";

    public static TheoryData<string, string, string> Planted => new()
    {
        { "a symbolic link", "ln -s SECRET eve/access.log", "root does not follow a symbolic link in the path, because 'DIRECTORY' belongs to another user, 'tachost-eve'" },
        { "a dangling link", "ln -s SECRET.new eve/access.log", "root does not follow a symbolic link in the path, because" },
        { "a hard link", "HARD", "root writes only to a regular file with a single name there, because 'DIRECTORY' belongs to another user, 'tachost-eve'" },
        { "a pipe", "mkfifo eve/access.log", "No such device or address" },
        { "a file of a third user", "THIRD", "it belongs to user 65534, and 'DIRECTORY' belongs to another user, 'tachost-eve'" },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task AccessLog_WithSomethingPlantedAtItsName_IsRefusedAndTheFileOfRootsUntouched(string what, string how, string said)
    {
        SecondUser.Require();
        Assert.NotEmpty(what);
        await using Sandbox sandbox = new();
        var directory = await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        await PlantAsync(sandbox, how, secret);

        var outcome = await sandbox.TachostAsync("-n", "web", "--port", "0", "--iface", "127.0.0.1", "--root", "roots", "--access-log", "eve/access.log");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains($"the access log '{sandbox.PathOf("eve/access.log")}' cannot be written: {said.Replace("DIRECTORY", directory, StringComparison.Ordinal)}", outcome.Output + outcome.Error, StringComparison.Ordinal);
        await AssertUntouchedAsync(sandbox, secret);
        Assert.False(File.Exists(secret + ".new"));
    }

    [Fact]
    public async Task AccessLog_WhoseNameIsFlippedAThousandTimes_NeverLeadsToTheFileOfRoots()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        var process = sandbox.Start("-n", "web", "--port", "0", "--iface", "127.0.0.1", "--root", "roots", "--access-log", "eve/access.log");
        await Until.SaidAsync(process, "is running");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{Proc.PortOf(process.Id)}"), Timeout = Bounded.Patience };
        await using (var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/access.log"), "file", $"link:{secret}"))
            await flips.MeanwhileAsync(200, async () => Assert.Equal(Secret, await client.GetStringAsync("open", TestContext.Current.CancellationToken)));

        await AssertUntouchedAsync(sandbox, secret);
        File.Delete(sandbox.PathOf("eve/access.log"));
        await client.GetStringAsync("open", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("eve/access.log")) && File.ReadAllText(sandbox.PathOf("eve/access.log")).Contains("GET /open", StringComparison.Ordinal), "the access log is written again");
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("a symbolic link", "ln -s SECRET eve/up.txt")]
    [InlineData("a link of its way", "ln -s .. eve/way")]
    [InlineData("a hard link", "HARD")]
    public async Task Upload_OntoSomethingPlanted_IsRefusedAndTheFileOfRootsUntouched(string what, string how)
    {
        SecondUser.Require();
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        Assert.NotEmpty(what);
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        sandbox.Write("users", "bob:" + (await sandbox.RunAsync("openssl", "passwd", "-6", "pw")).Output);
        File.SetUnixFileMode(sandbox.PathOf("users"), UnixFileMode.UserRead);
        await PlantAsync(sandbox, how.Replace("access.log", "up.txt", StringComparison.Ordinal), secret, "up.txt");
        var process = sandbox.Start("-n", "ftp", "--port", "0", "--iface", "127.0.0.1", "--root", "eve", "--password-file", "users", "--write");
        await Until.SaidAsync(process, "is running");
        sandbox.Write("poem", "a poem");

        var place = how.Contains("way", StringComparison.Ordinal) ? "way/secret" : "up.txt";
        foreach (var append in new[] { "--no-append", "--append" })
            Assert.Equal(place == "up.txt" ? 25 : 9, (await sandbox.RunAsync("curl", "-s", "--max-time", "60", append, "-u", "bob:pw", "-T", "poem", $"ftp://127.0.0.1:{Proc.PortOf(process.Id)}/{place}")).ExitCode);
        Assert.Equal(0, (await sandbox.RunAsync("curl", "-s", "--max-time", "60", "-u", "bob:pw", "-T", "poem", $"ftp://127.0.0.1:{Proc.PortOf(process.Id)}/new.txt")).ExitCode);

        await AssertUntouchedAsync(sandbox, secret);
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Upload_WhoseNameIsFlippedAThousandTimes_NeverLeadsToTheFileOfRoots() => UploadWhileFlippedAsync(50);

    /// <summary>The long form: as many uploads as the short one has flips.</summary>
    [Fact]
    [LongSet]
    public Task Upload_AThousandTimesWhileItsNameIsFlipped_NeverLeadsToTheFileOfRoots() => UploadWhileFlippedAsync(1000);

    /// <summary>Uploads over names that mean a file of eve's at one time and lead out at another: the last name, and a directory on the way.</summary>
    private async Task UploadWhileFlippedAsync(int uploads)
    {
        const int atATime = 25;
        SecondUser.Require();
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        sandbox.Write("users", "bob:" + (await sandbox.RunAsync("openssl", "passwd", "-6", "pw")).Output);
        File.SetUnixFileMode(sandbox.PathOf("users"), UnixFileMode.UserRead);
        await eve.RunAsync(sandbox, "mkdir eve/inside");
        sandbox.Write("poem", "a poem");
        var process = sandbox.Start("-n", "ftp", "--port", "0", "--iface", "127.0.0.1", "--root", "eve", "--password-file", "users", "--write");
        await Until.SaidAsync(process, "is running");
        var server = $"ftp://127.0.0.1:{Proc.PortOf(process.Id)}";
        string[] names = ["up.txt", "way/secret", "up.txt", "way/roots/open"];
        var transfers = Enumerable.Range(0, atATime).SelectMany(i => new[] { "-T", "poem", $"{server}/{names[i % names.Length]}" });
        await using (var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/up.txt"), "file", $"link:{secret}"))
        await using (var ways = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/way"), "link:inside", "link:.."))
            await flips.MeanwhileAsync(uploads / atATime, () => ways.MeanwhileAsync(1, () => sandbox.RunAsync("curl", ["-s", "--max-time", "120", "-u", "bob:pw", .. transfers])));

        await AssertUntouchedAsync(sandbox, secret);
        Assert.Equal(Secret, await File.ReadAllTextAsync(sandbox.PathOf("roots/open"), TestContext.Current.CancellationToken));
        Assert.Equal(0, (await sandbox.RunAsync("curl", "-s", "--max-time", "60", "-u", "bob:pw", "-T", "poem", $"{server}/new.txt")).ExitCode);
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
    }

    private async Task PlantAsync(Sandbox sandbox, string how, string secret, string name = "access.log")
    {
        if (how == "HARD")
            await sandbox.RunAsync("ln", secret, sandbox.PathOf("eve/" + name));
        else if (how == "THIRD")
            await sandbox.RunAsync("install", "-o", "nobody", "-m", "666", "/dev/null", sandbox.PathOf("eve/" + name));
        else
            await eve.RunAsync(sandbox, how.Replace("SECRET", secret, StringComparison.Ordinal));
    }

    private static string MakeSecret(Sandbox sandbox)
    {
        sandbox.Write("secret", Secret);
        File.SetUnixFileMode(sandbox.PathOf("secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(sandbox.PathOf("roots"));
        sandbox.Write("roots/open", Secret);
        return sandbox.PathOf("secret");
    }

    private static async Task AssertUntouchedAsync(Sandbox sandbox, string secret)
    {
        Assert.Equal(Secret, await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken));
        Assert.Equal("root 600\n", (await sandbox.RunAsync("stat", "-c", "%U %a", secret)).Output);
    }
}
