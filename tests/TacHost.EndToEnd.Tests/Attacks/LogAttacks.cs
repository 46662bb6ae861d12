using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>What root writes or gives away in directories of another user.</summary>
[Collection("attacks")]
public sealed class LogAttacks(SecondUser eve)
{
    private const string Secret = "a secret of root's\n";

    public static TheoryData<string, string, string> Planted => new()
    {
        { "a symbolic link", "ln -s SECRET eve/tachost.log", "root does not follow a symbolic link in the path, because" },
        { "a dangling link", "ln -s SECRET.new eve/tachost.log", "root does not follow a symbolic link in the path, because" },
        { "a link in a link", "ln -s SECRET eve/inner; ln -s inner eve/tachost.log", "root does not follow a symbolic link in the path, because" },
        { "a hard link", "HARD", "root writes only to a regular file with a single name there, because" },
        { "a pipe", "mkfifo eve/tachost.log; (exec >/dev/null 2>&1; sleep 100 <eve/tachost.log &)", "cannot write the log" },
        { "a file of a third user", "THIRD", "it belongs to user 65534, and '" },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public async Task Log_WithSomethingPlantedAtItsName_IsRefusedAndTheFileOfRootsUntouched(string what, string how, string said)
    {
        SecondUser.Require();
        Assert.NotEmpty(what);
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        if (how == "HARD")
            await sandbox.RunAsync("ln", secret, sandbox.PathOf("eve/tachost.log"));
        else if (how == "THIRD")
            await sandbox.RunAsync("install", "-o", "nobody", "-m", "666", "/dev/null", sandbox.PathOf("eve/tachost.log"));
        else
            await eve.RunAsync(sandbox, how.Replace("SECRET", secret, StringComparison.Ordinal));

        var outcome = await sandbox.TachostAsync("-u", eve.Name, "-l", "eve/tachost.log", sandbox.UseSharedTac());

        Assert.Equal((73, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"cannot write the log '{sandbox.PathOf("eve/tachost.log")}': ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        await AssertUntouchedAsync(sandbox, secret);
        Assert.False(File.Exists(secret + ".new"));
        Assert.Empty(sandbox.Daemons());
    }

    [Theory]
    [InlineData("--logfile")]
    [InlineData("--pidfile")]
    [InlineData("the socket")]
    public async Task Directory_ThatIsALinkOfTheUsers_IsNotFollowedByRoot(string option)
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        Directory.CreateDirectory(sandbox.PathOf("roots"));
        await eve.RunAsync(sandbox, "ln -s ../roots eve/files");

        sandbox.Write("listener.csx", """
            var application = new Application("listener");
            new StreamServer("unix:eve/files/made", new F()).SetServiceParent(application);
            class F : ServerFactory { protected override Protocol? BuildProtocol(EndPoint peer) => null; }
            """);
        var outcome = option == "the socket"
            ? await sandbox.TachostAsync("-u", eve.Name, "listener.csx")
            : await sandbox.TachostAsync("-u", eve.Name, option, "eve/files/made", sandbox.UseSharedTac());

        Assert.Equal(option == "the socket" ? 69 : 73, outcome.ExitCode);
        Assert.Contains($"root does not follow a symbolic link in the path, because '{sandbox.PathOf("eve")}' belongs to another user, '{eve.Name}'", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(sandbox.PathOf("roots")));
    }

    [Fact]
    public async Task OldLog_ThatIsALinkOrAnothersFile_IsNotGivenAway()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        await eve.RunAsync(sandbox, $"ln -s {secret} eve/tachost.log.1");
        await sandbox.RunAsync("ln", secret, sandbox.PathOf("eve/tachost.log.2"));
        await sandbox.RunAsync("cp", "--preserve=mode", secret, sandbox.PathOf("eve/tachost.log.3"));
        var outcome = await sandbox.TachostAsync("-u", eve.Name, "-l", "eve/tachost.log", "--log-size", "300", sandbox.UseSharedTac());
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));

        await AssertUntouchedAsync(sandbox, secret);
        var owners = await sandbox.RunAsync("sh", "-c", "for f in eve/tachost.log*; do if grep -q secret $f; then stat -L -c %U $f; fi; done");
        Assert.Equal("root\nroot\nroot\n", owners.Output);
        Assert.Equal($"{eve.Name}\n", (await sandbox.RunAsync("stat", "-c", "%U", "eve/tachost.log")).Output);
    }

    [Theory]
    [InlineData("--logfile")]
    [InlineData("--pidfile")]
    [InlineData("the old log")]
    [InlineData("the socket")]
    [InlineData("the log of the tac")]
    public Task Name_ThatIsFlippedAThousandTimes_NeverLeadsToTheFileOfRoots(string option) => FlipTheNameAsync(option, 10);

    [Theory]
    [LongSet]
    [InlineData("--logfile")]
    [InlineData("--pidfile")]
    [InlineData("the old log")]
    [InlineData("the socket")]
    [InlineData("the log of the tac")]
    public Task Name_ThatIsFlippedDuringManyStarts_NeverLeadsToTheFileOfRoots(string option) => FlipTheNameAsync(option, 60);

    [Theory]
    [InlineData("--logfile")]
    [InlineData("--pidfile")]
    [InlineData("the socket")]
    public Task Directory_ThatIsFlippedAThousandTimes_NeverLeadsToThatOfRoots(string option) => FlipTheDirectoryAsync(option, 10);

    [Theory]
    [LongSet]
    [InlineData("--logfile")]
    [InlineData("--pidfile")]
    [InlineData("the socket")]
    public Task Directory_ThatIsFlippedDuringManyStarts_NeverLeadsToThatOfRoots(string option) => FlipTheDirectoryAsync(option, 60);

    private async Task FlipTheNameAsync(string option, int starts)
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var secret = MakeSecret(sandbox);
        WriteBriefTac(sandbox, "eve/tachost.file");
        var name = option == "the old log" ? "eve/tachost.log.1" : "eve/tachost.file";
        await using (var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf(name), option == "the socket" ? "socket" : "file", $"link:{secret}"))
            await flips.MeanwhileAsync(starts, () => StartAsync(sandbox, option, "eve/tachost.file"));

        await AssertUntouchedAsync(sandbox, secret);
    }

    /// <summary>A directory of eve's changes its name with a link to one of root's.</summary>
    private async Task FlipTheDirectoryAsync(string option, int starts)
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        Directory.CreateDirectory(sandbox.PathOf("roots"));
        WriteBriefTac(sandbox, "eve/files/made");
        Assert.Equal(0, (await sandbox.RunAsync("python3", "-c", option == "the socket" ? "import socket; socket.socket(socket.AF_UNIX).bind('roots/made')" : "open('roots/made', 'w').write('a secret')")).ExitCode);
        const string look = "cd roots; ls; stat -c '%U %a %i %s' . made";
        var before = (await sandbox.RunAsync("sh", "-c", look)).Output;
        await using (var flips = await Flips.BeginAsync(sandbox, eve, sandbox.PathOf("eve/files"), "directory", "link:../roots"))
            await flips.MeanwhileAsync(starts, () => StartAsync(sandbox, option, "eve/files/made"));

        Assert.Equal(before, (await sandbox.RunAsync("sh", "-c", look)).Output);
    }

    private static void WriteBriefTac(Sandbox sandbox, string file) => sandbox.Write("brief.csx", $$"""
        var application = new Application("brief") { LogFile = new() { Path = Option("own", false, "log to the file") ? "{{file}}" : null } };
        if (Option("socket", false, "listen at the file"))
            new StreamServer("unix:{{file}}:mode=666", new F()).SetServiceParent(application);
        application.RequestStop();
        class F : ServerFactory { protected override Protocol? BuildProtocol(EndPoint peer) => null; }
        """);

    /// <summary>Starts the brief tac, and says whether it ran.</summary>
    private async Task<bool> StartAsync(Sandbox sandbox, string option, string file)
    {
        string[] words = option switch
        {
            "--pidfile" => ["--pidfile", file, "brief.csx"],
            "the old log" => ["--no-pidfile", "--logfile", "eve/tachost.log", "--log-size", "50", "brief.csx"],
            "the socket" => ["--no-pidfile", "--set", "socket=true", "brief.csx"],
            "the log of the tac" => ["--no-pidfile", "--set", "own=true", "brief.csx"],
            _ => ["--no-pidfile", option, file, "brief.csx"],
        };
        var outcome = await sandbox.TachostAsync(["-n", "-u", eve.Name, .. words]);
        Assert.True(outcome.ExitCode is 0 or 73 || (outcome.ExitCode == 69 && option == "the socket"), $"{outcome.ExitCode}: {outcome.Error}");
        return outcome.ExitCode == 0;
    }

    private static string MakeSecret(Sandbox sandbox)
    {
        sandbox.Write("secret", Secret);
        File.SetUnixFileMode(sandbox.PathOf("secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return sandbox.PathOf("secret");
    }

    private static async Task AssertUntouchedAsync(Sandbox sandbox, string secret)
    {
        Assert.Equal(Secret, await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken));
        Assert.Equal("root 600\n", (await sandbox.RunAsync("stat", "-c", "%U %a", secret)).Output);
    }
}
