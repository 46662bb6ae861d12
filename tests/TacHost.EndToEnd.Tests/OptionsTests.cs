using System.Globalization;
using System.Text;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;
using static TacHost.EndToEnd.Tests.Running.Proc;

namespace TacHost.EndToEnd.Tests;

/// <summary>One row for each option of the original and of ours: given, then seen from outside on a real process.</summary>
public sealed class OptionsTests
{
    /// <summary>What was asked for, what it leaves running, and what can be seen of it.</summary>
    private sealed record Row(string[] Given, Func<Sandbox, int, Task> Seen)
    {
        public Func<Sandbox, string[], Task<int>> Start { get; init; } = StartDaemon;

        public bool NeedsRoot { get; init; }
    }

    private static readonly Dictionary<string, Row> _rows = new()
    {
        ["(none)"] = new([], async (sandbox, id) =>
        {
            Assert.Equal(id, sandbox.DaemonId);
            Assert.Equal("0077", Status(id, "Umask"));
            Assert.Equal(sandbox.Directory, WorkingDirectory(id));
            Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        }),
        ["-n"] = new(["-n"], SeenInForeground) { Start = StartForeground },
        ["--nodaemon"] = new(["--nodaemon"], SeenInForeground) { Start = StartForeground },
        ["-y"] = new(["-y", "{tac}"], SeenServing),
        ["--csx"] = new(["--csx={tac}"], SeenServing),
        ["-noy"] = new(["-noy", "{tac}"], SeenInForeground) { Start = StartForeground },
        ["-o"] = new(["-o"], SeenServing),
        ["--no_save"] = new(["--no_save"], SeenServing),
        ["-l"] = new(["-l", "other.log"], SeenInOtherLog),
        ["--logfile"] = new(["--logfile=other.log"], SeenInOtherLog),
        ["--logfile -"] = new(["-n", "-l", "-"], SeenInForeground) { Start = StartForeground },
        ["--logfile with --nodaemon"] = new(["-n", "-l", "other.log"], SeenInOtherLog) { Start = StartSilentForeground },
        ["--log-level"] = new(["--log-level", "error"], (sandbox, _) =>
        {
            Assert.Equal("", sandbox.Log);
            return Task.CompletedTask;
        }),
        ["--log-level by category"] = new(["--log-level", "error,-=info"], (sandbox, _) =>
        {
            Assert.All(sandbox.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(" [-] ", line, StringComparison.Ordinal));
            Assert.Contains("starting up", sandbox.Log, StringComparison.Ordinal);
            return Task.CompletedTask;
        }),
        ["--log-format"] = new(["--log-format", "json"], (sandbox, _) =>
        {
            var lines = sandbox.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(lines.Length >= 4);
            Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
            return Task.CompletedTask;
        }),
        ["--log-size"] = new(["--log-size", "200"], (sandbox, _) =>
        {
            Assert.InRange(new FileInfo(sandbox.PathOf("tachost.log")).Length, 1, 200);
            Assert.True(File.Exists(sandbox.PathOf("tachost.log.1")));
            return Task.CompletedTask;
        }),
        ["--log-every"] = new(["--log-every", "day"], async (sandbox, id) =>
        {
            Assert.False(File.Exists(sandbox.PathOf("tachost.log.1")));
            await sandbox.KillAsync(id);
            await Until.GoneAsync(id);
            File.SetLastWriteTimeUtc(sandbox.PathOf("tachost.log"), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));
            await StartAndStopAsync(sandbox, "--log-every", "day", sandbox.UseSharedTac());
            Assert.Contains("Server Shut Down.", await File.ReadAllTextAsync(sandbox.PathOf("tachost.log.1"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }),
        ["--log-age"] = new(["--log-every", "day", "--log-age", "7"], async (sandbox, id) =>
        {
            await sandbox.KillAsync(id);
            await Until.GoneAsync(id);
            File.SetLastWriteTimeUtc(sandbox.PathOf("tachost.log"), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-8));
            await StartAndStopAsync(sandbox, "--log-every", "day", "--log-age", "7", sandbox.UseSharedTac());
            Assert.Equal([sandbox.PathOf("tachost.log")], Directory.EnumerateFiles(sandbox.Directory, "tachost.log*"));
        }),
        ["--log-scopes"] = new(["--log-scopes"], async (sandbox, id) =>
        {
            await sandbox.KillAsync(id);
            await Until.GoneAsync(id);
            sandbox.Write("scoped.csx", """
                class Scoped : Service
                {
                    protected override Task OnStartAsync(CancellationToken cancellationToken)
                    {
                        using (Logger.BeginScope("request {Id}", 7)) Logger.LogInformation("in scope");
                        return Task.CompletedTask;
                    }
                }
                var application = new Application("scoped");
                new Scoped().SetServiceParent(application);
                """);
            await StartAndStopAsync(sandbox, "--log-scopes", "scoped.csx");
            Assert.Contains("[scoped/Scoped] request 7 => in scope\n", sandbox.Log, StringComparison.Ordinal);
        }),
        ["--log-keep"] = new(["--log-size", "200", "--log-keep", "1"], async (sandbox, _) =>
        {
            for (var i = 0; i < 20; i++)
                await sandbox.FetchAsync(PortOf(sandbox.DaemonId));
            await Until.TrueAsync(() => File.ReadAllText(sandbox.PathOf("tachost.log.1")).Contains("sending", StringComparison.Ordinal), "a rotation");
            Assert.False(File.Exists(sandbox.PathOf("tachost.log.2")));
        }),
        ["--syslog"] = new(["--syslog", "udp://127.0.0.1:{udp}"], SeenInSyslog("<14>", "tachost")),
        ["--prefix"] = new(["--syslog", "udp://127.0.0.1:{udp}", "--prefix", "poet"], SeenInSyslog("<14>", "poet")),
        ["--facility"] = new(["--syslog", "udp://127.0.0.1:{udp}", "--facility", "local3"], SeenInSyslog("<158>", "tachost")),
        ["--pidfile"] = new(["--pidfile", "other.pid"], SeenPidFile("other.pid")),
        ["--pidfile="] = new(["--pidfile="], SeenNoPidFile) { Start = StartWithoutPidFile },
        ["--no-pidfile"] = new(["--no-pidfile"], SeenNoPidFile) { Start = StartWithoutPidFile },
        ["--no-control"] = new(["--no-control"], (_, id) =>
        {
            Assert.DoesNotContain($"@tachost/{id}\n", File.ReadAllText("/proc/net/unix"), StringComparison.Ordinal);
            return Task.CompletedTask;
        }),
        ["--metrics"] = new(["--metrics", "unix:metrics.sock"], async (sandbox, _) =>
        {
            var outcome = await sandbox.RunAsync("curl", "-sS", "--unix-socket", "metrics.sock", "http://localhost/readyz");
            Assert.Equal(new Outcome(0, "ok\n", ""), outcome);
        }),
        ["-d"] = new(["-d", "run"], SeenInRunDirectory),
        ["--rundir"] = new(["--rundir", "run"], SeenInRunDirectory),
        ["--umask"] = new(["--umask", "027"], (sandbox, id) =>
        {
            Assert.Equal("0027", Status(id, "Umask"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(sandbox.PathOf("tachost.log")));
            return Task.CompletedTask;
        }),
        ["--lib"] = new(["--lib", "run", "--lib", "."], SeenServing),
        ["--plugins"] = new(["--plugins", "run", "--plugins", "."], SeenServing),
        ["--timings"] = new(["-n", "--timings"], SeenInForeground) { Start = StartForeground },
        ["--debug"] = new(["--debug"], SeenServing),
        ["-b"] = new(["-b"], SeenServing),
        ["--grace"] = new(["--grace", "500ms"], SeenServing),
        ["--start-timeout"] = new(["--start-timeout", "30"], SeenServing),
        ["--"] = new(["--"], SeenServing),
        ["--exit-with-signal"] = new(["-n", "--exit-with-signal"], SeenServing) { Start = StartForeground },
        ["-u"] = new(["-u", "nobody"], SeenAs("65534 65534 65534 65534", "65534 65534 65534 65534", "65534")) { NeedsRoot = true },
        ["--uid"] = new(["--uid", "65534"], SeenAs("65534 65534 65534 65534", "65534 65534 65534 65534", "65534")) { NeedsRoot = true },
        ["-g"] = new(["-g", "nogroup"], SeenAs("0 0 0 0", "65534 65534 65534 65534", "")) { NeedsRoot = true },
        ["--gid"] = new(["--gid", "12"], SeenAs("0 0 0 0", "12 12 12 12", "")) { NeedsRoot = true },
        ["-u -g"] = new(["-u", "nobody", "-g", "12"], SeenAs("65534 65534 65534 65534", "12 12 12 12", "12")) { NeedsRoot = true },
        ["--uid without an entry"] = new(["-u", "12345", "-g", "54321"], SeenAs("12345 12345 12345 12345", "54321 54321 54321 54321", "")) { NeedsRoot = true },
        ["--euid"] = new(["--euid", "-u", "nobody"], SeenAs("0 65534 0 65534", "0 65534 0 65534", "65534")) { NeedsRoot = true },
        ["--chroot"] = new(["--chroot", "run"], (sandbox, id) =>
        {
            Assert.Equal(sandbox.PathOf("run"), new FileInfo($"/proc/{id}/root").LinkTarget);
            Assert.Equal(sandbox.PathOf("run"), WorkingDirectory(id));
            return SeenServing(sandbox, id);
        })
        { NeedsRoot = true },
        ["--chroot --rundir"] = new(["--chroot", ".", "--rundir", "run"], (sandbox, id) =>
        {
            Assert.Equal(sandbox.Directory, new FileInfo($"/proc/{id}/root").LinkTarget);
            Assert.Equal(sandbox.PathOf("run"), WorkingDirectory(id));
            return SeenServing(sandbox, id);
        })
        { NeedsRoot = true },
    };

    public static TheoryData<string> Rows => new(_rows.Keys);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Option_Given_IsSeen(string name)
    {
        var row = _rows[name];
        Assert.SkipWhen(row.NeedsRoot && Environment.UserName != "root", "only root can give up privileges");
        await using var sandbox = new Sandbox();
        using var syslog = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        sandbox.Receiver = syslog;
        Directory.CreateDirectory(sandbox.PathOf("run"));
        File.Copy(sandbox.PathOf("poem.txt"), sandbox.PathOf("run/poem.txt"));
        foreach (var directory in (string[])[sandbox.Directory, sandbox.PathOf("run")])
            File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_111);
        var tac = sandbox.UseSharedTac();
        string[] given = [.. row.Given.Select(word => word.Replace("{tac}", tac, StringComparison.Ordinal).Replace("{udp}", Port(syslog), StringComparison.Ordinal))];
        if (!given.Contains(tac) && !given.Any(word => word.EndsWith(tac, StringComparison.Ordinal)))
            given = [.. given, tac];
        var id = await row.Start(sandbox, given);

        await row.Seen(sandbox, id);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    private static async Task StartAndStopAsync(Sandbox sandbox, params string[] words)
    {
        var id = await sandbox.StartDaemonAsync(words);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    [Fact]
    public async Task ExitWithSignal_AfterACleanStop_EndsByTheSignal()
    {
        await using var sandbox = new Sandbox();
        using var shell = sandbox.StartProgram("sh", "-c", $"{Program.Tachost} -n --exit-with-signal {sandbox.UseSharedTac()}; echo status $?");
        await Until.SaidAsync(shell, "is running");

        await sandbox.KillAsync(sandbox.DaemonId);
        Assert.EndsWith("Server Shut Down.\nstatus 143\n", await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Tachost_Alone_ShowsTheUsageAndRefersToTheHelp()
    {
        await using var sandbox = new Sandbox();
        var usage = await sandbox.TachostAsync();

        Assert.Equal((0, ""), (usage.ExitCode, usage.Error));
        Assert.StartsWith("Usage: tachost ", usage.Output, StringComparison.Ordinal);
        Assert.Contains("\n  stop [WHO] [PATH]\n", usage.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n'tachost --help' lists all commands, plugins and options.\n", usage.Output, StringComparison.Ordinal);
        Assert.InRange(usage.Output.Count(each => each == '\n'), 15, 40);
    }

    [Fact]
    public async Task Help_Asked_ListsEveryOptionOfTheTableAbove()
    {
        await using var sandbox = new Sandbox();
        var help = await sandbox.TachostAsync("--help");

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.All(_rows.Keys.Where(name => name.StartsWith("--", StringComparison.Ordinal) && name.Length > 2), name => Assert.Contains(name.Split(' ', '=')[0], help.Output, StringComparison.Ordinal));
        Assert.All(help.Output.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.All(help.Output.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task Logger_OfTheUsersOwn_GetsEveryLine()
    {
        await using var sandbox = new Sandbox();
        PluginAssembly.Compile(
            sandbox.PathOf("lib/Mine.dll"),
            """
            using Microsoft.Extensions.Logging;
            namespace Mine;
            public sealed class ToFile : ILoggerProvider, ILogger
            {
                public ILogger CreateLogger(string categoryName) => this;
                public System.IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
                public bool IsEnabled(LogLevel logLevel) => true;
                public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, System.Exception? exception, System.Func<TState, System.Exception?, string> formatter) =>
                    System.IO.File.AppendAllText("mine.log", formatter(state, exception) + "\n");
                public void Dispose() => System.IO.File.AppendAllText("mine.log", "closed\n");
            }
            """,
            Program.HostDirectory);
        var id = await StartDaemon(sandbox, ["--lib", "lib", "--logger", "Mine.ToFile, Mine", "--syslog", sandbox.UseSharedTac()]);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        var log = await File.ReadAllTextAsync(sandbox.PathOf("mine.log"), TestContext.Current.CancellationToken);
        Assert.Contains("PoetryFactory starting on 127.0.0.1:", log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\nclosed\n", log, StringComparison.Ordinal);
        Assert.Equal("", sandbox.Log);
    }

    /// <summary>Options of the original for what .NET has no equal of, or other means: nobody is left to believe that they did something.</summary>
    [Theory]
    [InlineData("-e")]
    [InlineData("--encrypted")]
    [InlineData("--file=x.tap")]
    [InlineData("-s")]
    [InlineData("--source=x.tas")]
    [InlineData("--python=x.tac")]
    [InlineData("-r")]
    [InlineData("--reactor=epoll")]
    [InlineData("--help-reactors")]
    [InlineData("-p")]
    [InlineData("--profile=x")]
    [InlineData("--profiler=hotshot")]
    [InlineData("--savestats")]
    [InlineData("--spew")]
    [InlineData("--originalname")]
    public async Task OptionOfTheOriginal_WithoutAnEqual_IsRefused(string option)
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync(option, sandbox.UseSharedTac());

        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"tachost: there is no option '{option.Split('=')[0]}'.", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(sandbox.Processes());
    }

    [Fact]
    public void Rows_Above_CoverEveryOptionThatTheHelpLists()
    {
        // These are seen by tests of their own.
        string[] elsewhere = ["--help", "-h", "--version", "--logger", "--set", "--values", "--locked", "--last-good", "--watch", "--wait-for-debugger"];
        var words = _rows.Keys.SelectMany(name => name.Split(' ')).Concat(elsewhere).ToHashSet();
        var help = HelpOptions().ToList();

        Assert.NotEmpty(help);
        Assert.All(help, option => Assert.Contains(option, words));

        static IEnumerable<string> HelpOptions() =>
            File.ReadLines(Path.Combine(Program.Root, "docs", "tachost.1"))
                .Where(line => line.StartsWith(@".B \-", StringComparison.Ordinal))
                .SelectMany(line => line[3..].Replace(@"\-", "-", StringComparison.Ordinal).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
                .Where(word => word[0] == '-');
    }

    [Fact]
    public async Task Version_Asked_IsOneLine()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("--version");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"^tachost \d+\.\d+\.\d+ \(\.NET 10\.\d+\.\d+\)\n$", outcome.Output);
    }

    [Fact]
    public async Task ManPage_OfTheRepository_IsTheOneThatTheProgramPrints()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("manpage");

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs", "tachost.1"), TestContext.Current.CancellationToken), outcome.Output);
    }

    [Fact]
    public async Task ManPage_ReadByMan_HasNoMistake()
    {
        Assert.SkipUnless(Program.IsInstalled("groff"), "groff is not installed");
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.RunAsync("groff", "-man", "-Tutf8", "-ww", "-P-c", Path.Combine(Program.Root, "docs", "tachost.1"));

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("--exit-with-signal", outcome.Output.Replace('−', '-').Replace('‐', '-'), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "-n")]
    [InlineData("zsh", "-n")]
    [InlineData("fish", "-n")]
    public async Task Completion_ForAShell_IsAScriptItCanRead(string shell, string check)
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("completion", shell);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        sandbox.Write("completion", outcome.Output);

        Assert.SkipUnless(Program.IsInstalled(shell), $"{shell} is not installed");
        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync(shell, check, "completion"));
    }

    [Fact]
    public async Task Completion_InBash_OffersOptionsAndTacFiles()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac("ecstasy.csx");
        sandbox.Write("completion", (await sandbox.TachostAsync("completion", "bash")).Output);
        const string complete = "source ./completion; COMP_WORDS=(tachost \"$@\"); COMP_CWORD=$#; _tachost; printf '%s\\n' \"${COMPREPLY[@]}\"";

        Assert.Equal("--log-level\n", (await sandbox.RunAsync("bash", "-c", complete, "bash", "--log-l")).Output);
        Assert.Equal("json\n", (await sandbox.RunAsync("bash", "-c", complete, "bash", "--log-format", "j")).Output);
        Assert.Equal("ecstasy.csx\n", (await sandbox.RunAsync("bash", "-c", complete, "bash", "ec")).Output);
        Assert.Contains("nobody\n", (await sandbox.RunAsync("bash", "-c", complete, "bash", "-u", "no")).Output, StringComparison.Ordinal);
    }

    private static async Task<int> StartDaemon(Sandbox sandbox, string[] arguments)
    {
        var outcome = await sandbox.TachostAsync(arguments);
        Assert.Equal(new Outcome(0, "", ""), outcome);
        return Assert.Single(sandbox.Daemons());
    }

    private static async Task<int> StartForeground(Sandbox sandbox, string[] arguments)
    {
        var process = sandbox.Start(arguments);
        await Until.SaidAsync(process, "is running");

        return process.Id;
    }

    private static async Task<int> StartSilentForeground(Sandbox sandbox, string[] arguments)
    {
        var process = sandbox.Start(arguments);
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("other.log")) && File.ReadAllText(sandbox.PathOf("other.log")).Contains("is running", StringComparison.Ordinal), "the log");
        return process.Id;
    }

    private static async Task<int> StartWithoutPidFile(Sandbox sandbox, string[] arguments)
    {
        var id = await StartDaemon(sandbox, arguments);
        Assert.DoesNotContain(Directory.EnumerateFiles(sandbox.Directory), path => path.EndsWith(".pid", StringComparison.Ordinal));
        return id;
    }

    private static async Task SeenServing(Sandbox sandbox, int id) =>
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(PortOf(id))));

    private static async Task SeenInForeground(Sandbox sandbox, int id)
    {
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Status(id, "PPid"));
        Assert.Equal(id, sandbox.DaemonId);
        Assert.Equal("", sandbox.Log);
        await SeenServing(sandbox, id);
    }

    private static Task SeenInOtherLog(Sandbox sandbox, int id)
    {
        Assert.Contains($"is running as process {id}", File.ReadAllText(sandbox.PathOf("other.log")), StringComparison.Ordinal);
        Assert.Equal("", sandbox.Log);
        return SeenServing(sandbox, id);
    }

    private static Func<Sandbox, int, Task> SeenInSyslog(string priority, string tag) => async (sandbox, id) =>
    {
        using var limit = new CancellationTokenSource(Bounded.Patience);
        var message = Encoding.UTF8.GetString((await sandbox.Receiver!.ReceiveAsync(limit.Token)).Buffer);
        Assert.StartsWith($"{priority}1 ", message, StringComparison.Ordinal);
        Assert.Contains($" {tag} {id} ", message, StringComparison.Ordinal);
        Assert.Equal("", sandbox.Log);
    };

    private static Func<Sandbox, int, Task> SeenPidFile(string name) => (sandbox, id) =>
    {
        Assert.Equal($"{id}\n", File.ReadAllText(sandbox.PathOf(name)));
        Assert.False(File.Exists(sandbox.PidFile));
        return Task.CompletedTask;
    };

    private static Task SeenNoPidFile(Sandbox sandbox, int id) => SeenServing(sandbox, id);

    private static Task SeenInRunDirectory(Sandbox sandbox, int id)
    {
        Assert.Equal(sandbox.PathOf("run"), WorkingDirectory(id));
        Assert.Equal(id, sandbox.DaemonId);
        Assert.Contains("is running", sandbox.Log, StringComparison.Ordinal);
        return SeenServing(sandbox, id);
    }

    private static Func<Sandbox, int, Task> SeenAs(string user, string group, string groups) => (sandbox, id) =>
    {
        foreach (var task in Directory.EnumerateDirectories($"/proc/{id}/task"))
        {
            Assert.Equal(user, Status($"{id}/task/{Path.GetFileName(task)}", "Uid"));
            Assert.Equal(group, Status($"{id}/task/{Path.GetFileName(task)}", "Gid"));
            Assert.Equal(groups, Status($"{id}/task/{Path.GetFileName(task)}", "Groups"));
        }

        return SeenServing(sandbox, id);
    };

    private static string Port(System.Net.Sockets.UdpClient receiver) => ((System.Net.IPEndPoint)receiver.Client.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
}
