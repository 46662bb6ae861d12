using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Starts that cannot work: the whole reason on stderr, an exit code, and nothing left behind.</summary>
public sealed class FailedStartTests
{
    private const int BadTac = 65, NoInput = 66, Unavailable = 69, Software = 70, TimedOut = 75, AlreadyRunning = 78;

    public static TheoryData<string, string, int, string[]> BadTacs => new()
    {
        { "syntax", "var application = new Application(\"x\"", BadTac, ["bad.csx(1,38): error CS1026: ) expected", "    var application = new Application(\"x\"\n", "\n                                         ^"] },
        { "unknown name", "\n\tvar application = new Aplication(\"x\");", BadTac, ["bad.csx(2,24): error CS0246: The type or namespace name 'Aplication' could not be found", "\n    \t                      ^"] },
        { "missing library", "#r \"Nowhere.dll\"\nvar application = new Application(\"x\");", BadTac, ["bad.csx(1,1): error CS0006", "'Nowhere.dll' was looked for in '", "/lib'", "--lib"] },
        { "loads a package", "\n#load \"nuget: Low, 1.0.0\"\nvar application = new Application(\"x\");", BadTac, ["bad.csx:2: the file has #load \"nuget: Low, 1.0.0\", and #load includes files. Write #r \"nuget: NAME, VERSION\"."] },
        { "missing load", "#load \"nowhere.csx\"\nvar application = new Application(\"x\");", BadTac, ["bad.csx(1,7): error CS1504", "nowhere.csx"] },
        { "throws", "var n = 1;\nthrow new InvalidOperationException(\"the moon is \" + n);", Software, ["'bad.csx' threw InvalidOperationException at bad.csx:line 2: the moon is 1"] },
        { "throws after an await", "await Task.Yield();\nthrow new InvalidOperationException(\"later\");", Software, ["'bad.csx' threw InvalidOperationException at bad.csx:line 2: later"] },
        { "no application", "var app = new Application(\"x\");", BadTac, ["'bad.csx' has no global variable named 'application'", "var application = new Application(\"name\");"] },
        { "null application", "Application application = null;", BadTac, ["'application' in 'bad.csx' is null", "var application = new Application(\"name\");"] },
        { "wrong type", "var application = \"x\";", BadTac, ["'application' in 'bad.csx' is a System.String, but must be an Application or another IService"] },
        { "exits", "Environment.Exit(3);", Software, ["ended before it was running, with exit code 3"] },
        { "kills itself", "System.Diagnostics.Process.GetCurrentProcess().Kill();", Software, ["ended before it was running, killed by signal 9"] },
        { "overflows the stack", "int F(int n) => F(n + 1) + F(n);\nvar application = F(0).ToString();", Software, ["ended before it was running, killed by signal 6"] },
        { "start throws", "class S : Service { protected override Task OnStartAsync(CancellationToken t) => throw new InvalidOperationException(\"no moon\"); }\nvar application = new Application(\"x\");\nnew S().SetServiceParent(application);", Unavailable, ["'bad.csx' did not start. The service 'x/S' failed to start: InvalidOperationException at bad.csx:line 1: no moon\n    class S"] },
        { "start throws at a file", "class S : Service { protected override Task OnStartAsync(CancellationToken t) { File.ReadAllText(\"nowhere.txt\"); return Task.CompletedTask; } }\nvar application = new Application(\"x\");\nnew S().SetServiceParent(application);", Unavailable, ["'bad.csx' did not start. The service 'x/S' failed to start: FileNotFoundException at bad.csx:line 1: Could not find file '", "nowhere.txt'.\n    class S"] },
        { "wrong argument", "class F : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => null; }\nvar application = new Application(\"x\");\n// a port that cannot be\nnew TcpServer(70000, new F()).SetServiceParent(application);", Software, ["'bad.csx' threw ArgumentOutOfRangeException at bad.csx:line 4: port 70000 is not between 0 and 65535.\n", "\n    new TcpServer(70000, new F()).SetServiceParent(application);\n    ^\n"] },
        { "throws inside", "class C { public static readonly int N = int.Parse(\"x\"); }\nvar n = C.N;", Software, ["'bad.csx' threw FormatException at bad.csx:line 1: The input string 'x' was not in a correct format.\n"] },
        { "throws in a task", "Task.Run(() => { throw new InvalidOperationException(\"deep\"); }).Wait();", Software, ["'bad.csx' threw InvalidOperationException at bad.csx:line 1: deep\n"] },
        { "start throws inside", "class C { public static readonly int N = int.Parse(\"x\"); }\nclass S : Service { protected override Task OnStartAsync(CancellationToken t) { _ = C.N; return Task.CompletedTask; } }\nvar application = new Application(\"x\");\nnew S().SetServiceParent(application);", Unavailable, ["The service 'x/S' failed to start: FormatException at bad.csx:line 1: The input string 'x' was not in a correct format."] },
        { "namespace", "namespace My { class A {} }\nvar application = new Application(\"x\");", BadTac, ["bad.csx(1,1): error CS7021", "a script has no namespaces. Put it into a file of its own"] },
        { "extension method", "static class E { public static int Twice(this int x) => 2 * x; }\nvar application = new Application(\"x\");", BadTac, ["error CS1109", "or write the method at the top level of the tac file."] },
        { "extension block", "static class E { extension(int x) { public int Twice => 2 * x; } }\nvar application = new Application(\"x\");", BadTac, ["error CS9283", "cannot hold extension blocks. Put it into a file of its own"] },
        { "using declaration", "using var d = new MemoryStream();\nvar application = new Application(\"x\");", BadTac, ["error CS1002", "would be disposed before anything starts. Leave 'using' out"] },
        { "using declaration without blanks", "using var d=new MemoryStream();\nvar application = new Application(\"x\");", BadTac, ["error CS1002", "would be disposed before anything starts. Leave 'using' out"] },
        { "using declaration of a generic type", "  await using IDisposable? d = null;\nvar application = new Application(\"x\");", BadTac, ["would be disposed before anything starts. Leave 'using' out"] },
        { "generator of imports", "using System.Runtime.InteropServices;\npartial class C { [LibraryImport(\"libc\")] public static partial int getpid(); }\nvar application = new Application(\"x\");", BadTac, ["error CS8795", "Source generators do not run for tac files."] },
        { "generator of serializers", "using System.Text.Json.Serialization;\n[JsonSerializable(typeof(int))] partial class C : JsonSerializerContext { }\nvar application = new Application(\"x\");", BadTac, ["error CS0534", "Source generators do not run for tac files."] },
        { "generator of log methods", "partial class C\n{\n    [LoggerMessage(1, LogLevel.Information, \"moon\")] static partial void Moon(ILogger logger);\n    public static void Rise(ILogger logger) => Moon(logger);\n}\nvar application = new Application(\"x\");", BadTac, ["bad.csx(3,74): error CS8795: Partial method 'Moon' must have an implementation part", "Source generators do not run for tac files."] },
        { "generator", "using System.Text.RegularExpressions;\npartial class R { [GeneratedRegex(\"a\")] public static partial Regex A(); }\nvar application = new Application(\"x\");", BadTac, ["error CS8795", "Source generators do not run for tac files."] },
        { "asp.net core", "using Microsoft.AspNetCore.Builder;\nvar application = new Application(\"x\");", BadTac, ["error CS0234", "\n  For ASP.NET Core and the HTTP services of TacHost, put this line at the top of the file: #r \"TacHost.Web.dll\""] },
        { "web service", "var application = new Application(\"x\");\nnew WebApplicationService(\"tcp:0\", app => {}).SetServiceParent(application);", BadTac, ["error CS0246", "put this line at the top of the file: #r \"TacHost.Web.dll\""] },
        { "empty", "", BadTac, ["has no global variable named 'application'"] },
    };

    [Theory]
    [MemberData(nameof(BadTacs))]
    public async Task Start_WithABadTac_SaysWhyAndLeavesNothing(string name, string tac, int exitCode, string[] said)
    {
        Assert.NotEmpty(name);
        await using var sandbox = new Sandbox();
        sandbox.Write("bad.csx", tac);
        var outcome = await sandbox.TachostAsync("bad.csx");

        AssertFailed(sandbox, outcome, exitCode, said);
    }

    [Theory]
    [InlineData("bad.csx", "bad.csx")]
    [InlineData("loaded.csx", "bad.csx")]
    public async Task Start_OfAFileThatIsNotUtf8_NamesTheLine(string wrong, string main)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write(main, "#load \"loaded.csx\"\nvar application = new Application(\"x\");");
        await File.WriteAllBytesAsync(sandbox.PathOf(wrong), [.. "var a = 1;\n// gr"u8, 0xFC, 0xDF, .. "e\nvar application = new Application(\"x\");"u8], TestContext.Current.CancellationToken);
        var outcome = await sandbox.TachostAsync(main);

        AssertFailed(sandbox, outcome, BadTac, $"{wrong}:2: the file is not valid UTF-8: the line contains", "Save the file as UTF-8.");
    }

    /// <summary>A character whose bytes are those of two line feeds comes before half of a surrogate pair.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_OfAFileThatIsNotUtf16_NamesTheLine(bool bigEndian)
    {
        await using var sandbox = new Sandbox();
        System.Text.UnicodeEncoding encoding = new(bigEndian, byteOrderMark: true);
        var half = encoding.GetBytes("\ud83d\ude00")[..2];
        await File.WriteAllBytesAsync(sandbox.PathOf("bad.csx"), [.. encoding.GetPreamble(), .. encoding.GetBytes("// \u0a0a\u0a0a\n// half "), .. half, .. encoding.GetBytes("\nvar application = new Application(\"x\");")], TestContext.Current.CancellationToken);
        var outcome = await sandbox.TachostAsync("bad.csx");

        AssertFailed(sandbox, outcome, BadTac, "bad.csx:2: the file is not valid UTF-16: the line contains", "Save the file as UTF-8.");
    }

    [Fact]
    public async Task Warnings_OfTheCompiler_AreShownOnceAtTheCompile()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("warns.csx", "async Task F() { Task.Delay(1); await Task.Yield(); }\nstring? s = null;\nvar application = new Application(\"x\");\nthrow new InvalidOperationException(s);");
        var first = await sandbox.TachostAsync("warns.csx");
        var second = await sandbox.TachostAsync("warns.csx");

        Assert.StartsWith("warns.csx(1,18): warning CS4014: ", first.Error, StringComparison.Ordinal);
        Assert.Contains("\n    async Task F() { Task.Delay(1); await Task.Yield(); }\n                     ^\ntachost: ", first.Error, StringComparison.Ordinal);
        Assert.StartsWith("tachost: 'warns.csx' threw", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAMissingFile_NamesTheNearest()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac("ecstasy.csx");
        AssertFailed(sandbox, await sandbox.TachostAsync("ecstacy.csx"), NoInput, "cannot read the tac file 'ecstacy.csx': there is no such file. Did you mean 'ecstasy.csx'?");
        AssertFailed(sandbox, await sandbox.TachostAsync("else/where.csx"), NoInput, "cannot read the tac file 'else/where.csx': there is no such file.");
    }

    [Fact]
    public async Task Start_OfADirectory_SaysSo()
    {
        await using var sandbox = new Sandbox();
        AssertFailed(sandbox, await sandbox.TachostAsync("cache"), NoInput, "cannot read the tac file 'cache': it is a directory.");
    }

    [Fact]
    public async Task Start_OfAnUnreadableFile_SaysSo()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac("secret.csx");
        File.SetUnixFileMode(sandbox.PathOf("secret.csx"), UnixFileMode.None);
        Outcome outcome;
        if (Environment.UserName == "root")
        {
            Assert.SkipUnless(Program.IsInstalled("setpriv"), "setpriv is not installed");
            Assert.SkipUnless(IsReachableByAll(Program.Tachost), "the checkout is in a directory that only root may enter");
            File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
            outcome = await sandbox.RunAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Program.Tachost, "secret.csx");
        }
        else
        {
            outcome = await sandbox.TachostAsync("secret.csx");
        }

        AssertFailed(sandbox, outcome, NoInput, "cannot read the tac file 'secret.csx': this user may not read it.");
    }

    [Fact]
    public async Task Start_OnATakenPort_NamesTheProcessThatHasIt()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        var outcome = await sandbox.TachostAsync("--pidfile", "second.pid", "--logfile", "second.log", sandbox.WriteTac("second.csx", port));

        Assert.Equal(Unavailable, outcome.ExitCode);
        Assert.Equal(
            $"tachost: 'second.csx' did not start. The service 'fastpoetry/TcpServer' cannot listen on 127.0.0.1:{port}, because process {id} (tachost poem.csx) already does.\n  Choose another port, or stop that process first.\n",
            outcome.Error);
        Assert.Equal([id], sandbox.Processes());
        Assert.False(File.Exists(sandbox.PathOf("second.pid")));
        Assert.Contains("already does.", await File.ReadAllTextAsync(sandbox.PathOf("second.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutThePoem_ClosesWhatWasOpened()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("late.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("late");
            var poetry = new PoetryService("nowhere.txt");
            new TcpServer(0, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
            poetry.SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync("late.csx");

        AssertFailed(
            sandbox, outcome, Unavailable,
            "'late.csx' did not start. The service 'late/PoetryService' failed to start: The poem 'nowhere.txt' cannot be read: there is no such file.",
            $"Looked for '{sandbox.PathOf("nowhere.txt")}'");
        await Assert.ThrowsAsync<SocketException>(() => sandbox.FetchAsync(sandbox.Port()));
        Assert.Contains("Closed)", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith(" [-] Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while (true) { }", "its top level is still running")]
    [InlineData("await Task.Delay(-1);", "its top level is still running")]
    [InlineData("class Stuck : Service { protected override Task OnStartAsync(CancellationToken t) => Task.Delay(-1, t); }\nvar application = new Application(\"x\");\nnew Stuck().SetServiceParent(application);", "'endless.csx' did not start within 1 s: still starting were 'x/Stuck'.")]
    [InlineData("class Stuck : Service { protected override Task OnStartAsync(CancellationToken t) => Task.Delay(-1); }\nvar application = new Application(\"x\");\nnew Stuck().SetServiceParent(application);", "still starting were 'x/Stuck'.")]
    public async Task Start_ThatNeverEnds_IsEndedByTheStartTimeout(string tac, string said)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("endless.csx", tac);
        var outcome = await sandbox.TachostAsync("--start-timeout", "1", "--grace", "1", "endless.csx");

        AssertFailed(sandbox, outcome, TimedOut, said, "--start-timeout");
    }

    [Fact]
    public async Task Start_ThatTimesOut_LetsWhatWasStartedCleanUpWithinTheGracePeriod()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("held.csx", """
            class Held : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken) { File.WriteAllText("held", ""); return Task.CompletedTask; }
                protected override Task OnStopAsync(CancellationToken cancellationToken) { File.Delete("held"); return Task.CompletedTask; }
            }
            class Stuck : Service { protected override async Task OnStartAsync(CancellationToken t) { try { await Task.Delay(-1, t); } finally { while (!File.Exists("go")) await Task.Delay(10); } } }
            var application = new Application("x");
            new Held().SetServiceParent(application);
            new Stuck().SetServiceParent(application);
            """);
        using var front = sandbox.Start("--start-timeout", "0.5", "held.csx");
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("held")), "the first service");
        sandbox.Write("go", "");
        await front.WaitForExitAsync(TestContext.Current.CancellationToken);

        AssertFailed(sandbox, new Outcome(front.ExitCode, "", await front.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)), TimedOut, "still starting were 'x/Stuck'.");
        Assert.False(File.Exists(sandbox.PathOf("held")));
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatThrowsAtOnce_IsAFailedStart()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("body.csx", """
            class Body : Service { protected override Task ExecuteAsync(CancellationToken t) => throw new InvalidOperationException("body boom"); }
            var application = new Application("x");
            new Body().SetServiceParent(application);
            """);

        AssertFailed(sandbox, await sandbox.TachostAsync("body.csx"), Unavailable, "'body.csx' did not start. The service 'x/Body' has failed: InvalidOperationException at body.csx:line 1: body boom\n    class Body");
    }

    [Fact]
    public async Task Debug_Asked_ShowsTheStackTraceOfADaemonToo()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("throws.csx", "throw new InvalidOperationException(\"traced\\u001b[31m\");");
        foreach (var option in (string[])["-b", "--deb", "-nb"])
        {
            var outcome = await sandbox.TachostAsync(option, "throws.csx");
            Assert.Contains("   at Submission#0", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', outcome.Error);
        }
    }

    [Fact]
    public async Task Handover_SetByAUser_IsRefused()
    {
        await using var sandbox = new Sandbox();
        foreach (var value in (string[])["x", "0", "99", "0,1,2", "1"])
        {
            sandbox.Environment["TACHOST_HANDOVER"] = value;
            var outcome = await sandbox.TachostAsync("-n", sandbox.UseSharedTac());
            Assert.Equal(new Outcome(64, "", "tachost: TACHOST_HANDOVER is set, but is reserved for tachost. Unset it.\n"), outcome);
        }
    }

    [Fact]
    public async Task WorkingDirectory_Gone_IsSaidInOneLine()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("gone"));
        var help = await sandbox.RunAsync("sh", "-c", $"cd gone && rmdir ../gone && {Program.Tachost} --help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Directory.CreateDirectory(sandbox.PathOf("gone"));
        var start = await sandbox.RunAsync("sh", "-c", $"cd gone && rmdir ../gone && {Program.Tachost} {sandbox.UseSharedTac()}");

        Assert.Equal((64, ""), (start.ExitCode, start.Output));
        Assert.Contains("the directory in which tachost was started no longer exists", start.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnvironmentExit_InTheForeground_LeavesNoPidFileAndSaysSo()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("exits.csx", "Environment.Exit(5);");
        var outcome = await sandbox.TachostAsync("-n", "exits.csx");

        Assert.Equal(5, outcome.ExitCode);
        Assert.Contains("The process terminates without stopping its services, because Environment.Exit was called", outcome.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Nesting_TooDeepForAnOrdinaryStack_IsNoCrash()
    {
        await using var sandbox = new Sandbox();
        const int depth = 20_000;
        sandbox.Write("deep.csx", $"var x = {new string('(', depth)}1{new string(')', depth)};");
        var outcome = await sandbox.TachostAsync("deep.csx");

        Assert.Equal(BadTac, outcome.ExitCode);
        Assert.StartsWith("tachost: 'deep.csx' ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_SeveralMissing_AreEachNamedByTheirOwnName()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("bad.csx", "#r \"First.dll\"\n#r \"Second.dll\"\nvar application = new Application(\"x\");");
        var outcome = await sandbox.TachostAsync("bad.csx");

        Assert.Contains("'First.dll' was looked for in", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("'Second.dll' was looked for in", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Start_ThatNeverEnds_CanBeInterrupted(string signal, int exitCode)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("endless.csx", "while (true) { }");
        using var front = sandbox.Start("endless.csx");
        await Until.TrueAsync(() => File.Exists(sandbox.PidFile), "the daemon");
        await sandbox.KillAsync(front.Id, signal);
        await front.WaitForExitAsync(TestContext.Current.CancellationToken);

        AssertFailed(sandbox, new Outcome(front.ExitCode, "", await front.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)), exitCode, "interrupted");
    }

    [Theory]
    [InlineData("daemon")]
    [InlineData("front process")]
    [InlineData("foreground")]
    public async Task Start_WhoseServiceIgnoresItsToken_SaysThatItWasInterrupted(string signalled)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("deaf.csx", """
            class Deaf : Service
            {
                protected override async Task OnStartAsync(CancellationToken cancellationToken)
                {
                    File.WriteAllText("starting", "");
                    while (!File.Exists("go"))
                        await Task.Delay(5);
                }
                protected override Task OnStopAsync(CancellationToken cancellationToken) { File.WriteAllText("stopped", ""); return Task.CompletedTask; }
            }
            var application = new Application("deaf");
            new Deaf().SetServiceParent(application);
            """);
        using var process = sandbox.Start([.. signalled == "foreground" ? (string[])["--nodaemon", "--logfile", "tachost.log"] : [], "deaf.csx"]);
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("starting")), "the start of the service");
        await sandbox.KillAsync(signalled == "front process" ? process.Id : sandbox.DaemonId);
        await sandbox.LoggedAsync("Received SIGTERM");
        sandbox.Write("go", "");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        AssertFailed(sandbox, new Outcome(process.ExitCode, "", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)), 143, "interrupted by SIGTERM");
        Assert.True(File.Exists(sandbox.PathOf("stopped")));
        Assert.DoesNotContain("is running", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoDaemon_ThatNeverStarts_CanBeInterrupted()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("endless.csx", "while (true) { }");
        using var process = sandbox.Start("--nodaemon", "endless.csx");
        await Until.TrueAsync(() => File.Exists(sandbox.PidFile), "the pid file");
        await sandbox.KillAsync(process.Id, "INT");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        AssertFailed(sandbox, new Outcome(process.ExitCode, "", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)), 130, "'endless.csx' was interrupted by SIGINT while starting.");
    }

    [Fact]
    public async Task Start_WhileAnInstanceRuns_NamesItAndLeavesItAlone()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        foreach (var mode in (string[][])[[], ["--nodaemon"]])
        {
            var outcome = await sandbox.TachostAsync([.. mode, "poem.csx"]);
            Assert.Equal(AlreadyRunning, outcome.ExitCode);
            Assert.StartsWith($"tachost: process {id} (tachost poem.csx) is running already and holds the pid file '{sandbox.PidFile}'.\n", outcome.Error, StringComparison.Ordinal);
        }

        Assert.Equal(id, sandbox.DaemonId);
        Assert.Equal(Sandbox.Poem, System.Text.Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage\n")]
    [InlineData("1\n")]
    [InlineData("999999999\n")]
    public async Task Start_WithAPidFileNobodyHolds_ReplacesIt(string content)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("tachost.pid", content);
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());

        Assert.Equal(id, sandbox.DaemonId);
    }

    [Fact]
    public async Task Start_AfterKillNine_Works()
    {
        await using var sandbox = new Sandbox();
        var first = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        using (var process = Process.GetProcessById(first))
            process.Kill();
        await Until.GoneAsync(first);
        Assert.True(File.Exists(sandbox.PidFile));

        var second = await sandbox.StartDaemonAsync("poem.csx");
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Start_WithThePidFileOfALinkOrDirectory_TouchesNeither()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        sandbox.Write("precious", "data");
        File.CreateSymbolicLink(sandbox.PidFile, sandbox.PathOf("precious"));
        AssertFailed(sandbox, await sandbox.TachostAsync("poem.csx"), 73, leavesPidFile: true, "it is a symbolic link, which is not followed");
        AssertFailed(sandbox, await sandbox.TachostAsync("--pidfile", "cache", "poem.csx"), 73, leavesPidFile: true, "it is a directory");
        AssertFailed(sandbox, await sandbox.TachostAsync("--pidfile", "no/where.pid", "poem.csx"), 73, leavesPidFile: true, "its directory does not exist");
        AssertFailed(sandbox, await sandbox.TachostAsync("--pidfile", "a.pid", "--logfile", "no/where.log", "poem.csx"), 73, leavesPidFile: true, "cannot write the log", "its directory does not exist");
        Assert.Equal("data", await File.ReadAllTextAsync(sandbox.PathOf("precious"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(sandbox.PathOf("a.pid")));
    }

    [Theory]
    [InlineData(new[] { "--nodeamon", "x.csx" }, "there is no option '--nodeamon'. Did you mean '--nodaemon'?")]
    [InlineData(new[] { "--nodaemon" }, "there is no tac file or plugin to run.")]
    [InlineData(new[] { "x.csx", "-n" }, "options go before the tac file, and '-n' comes after it.")]
    [InlineData(new[] { "x.csx", "y.csx" }, "one tac file at a time: 'y.csx' comes after 'x.csx'.")]
    [InlineData(new[] { "--logfile", "-", "x.csx" }, "a daemon has no standard output to log to")]
    [InlineData(new[] { "--grace", "soon", "x.csx" }, "--grace: 'soon' is not a time such as 30s, 5m or 1h30m")]
    [InlineData(new[] { "--pidfile" }, "--pidfile")]
    public async Task CommandLine_Wrong_IsOneLineAndExitSixtyFour(string[] arguments, string said)
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync(arguments);

        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("tachost: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Error.Count(character => character == '\n'));
    }

    private static void AssertFailed(Sandbox sandbox, Outcome outcome, int exitCode, params string[] said) =>
        AssertFailed(sandbox, outcome, exitCode, leavesPidFile: false, said);

    private static void AssertFailed(Sandbox sandbox, Outcome outcome, int exitCode, bool leavesPidFile, params string[] said)
    {
        Assert.All(said, part => Assert.Contains(part, outcome.Error, StringComparison.Ordinal));
        Assert.StartsWith("tachost: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode.ToString(CultureInfo.InvariantCulture), outcome.ExitCode.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("", outcome.Output);
        Assert.Empty(sandbox.Processes());
        Assert.Equal(leavesPidFile, File.Exists(sandbox.PidFile));
        Assert.DoesNotContain(Directory.EnumerateFiles(sandbox.Directory), path => path.Contains(".pid.", StringComparison.Ordinal));
    }

    private static bool IsReachableByAll(string path)
    {
        for (var directory = Path.GetDirectoryName(path); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (!File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherExecute))
                return false;
        }

        return true;
    }
}
