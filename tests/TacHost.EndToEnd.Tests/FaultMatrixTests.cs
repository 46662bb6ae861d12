using System.Collections.Concurrent;
using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>States of the standard streams, phases of a run, and the exit codes: a stream that takes nothing changes none of them, and not the log file either.</summary>
public sealed class FaultMatrixTests
{
    /// <summary>Starts a program with its standard output and error in certain states, and prints how it ended.</summary>
    private const string Runner = """
        import fcntl, os, subprocess, sys
        def opened(state, name):
            if state == 'full':
                return open('/dev/full', 'w')
            if state in ('gone', 'stuck'):
                reader, writer = os.pipe()
                if state == 'gone':
                    os.close(reader)
                else:
                    os.set_blocking(writer, False)
                    try:
                        while True:
                            os.write(writer, b'x' * 4096)
                    except BlockingIOError:
                        pass
                    os.set_blocking(writer, True)
                    os.dup(reader)
                return writer
            return open(name, 'w')
        out, err = sys.argv[1:3]
        def close():
            for state, descriptor in ((out, 1), (err, 2)):
                if state == 'closed':
                    os.close(descriptor)
        streams = opened(out, 'out'), opened(err, 'err')
        process = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=streams[0], stderr=streams[1], preexec_fn=close)
        print(process.wait())
        """;

    private static readonly string[] _states = ["ok", "closed", "full", "gone", "stuck"];

    /// <summary>A phase in which a run ends, its command line, its exit code, and the last line of the log file if there is one.</summary>
    private static readonly (string Phase, string Words, int ExitCode, string? Logged, bool IsPrinting)[] _phases =
    [
        ("help", "--help", 0, null, true),
        ("version", "--version", 0, null, true),
        ("list of plugins", "plugins", 0, null, true),
        ("help of a plugin", "ftp --help", 0, null, true),
        ("templates", "new --list", 0, null, true),
        ("new tac file", "new fresh", 0, null, true),
        ("man page", "manpage", 0, null, true),
        ("man page of a plugin", "manpage ftp", 0, null, true),
        ("completion", "completion bash", 0, null, true),
        ("trial of a plugin", "plugins --why ftp", 0, null, true),
        ("check", "check talks.csx", 0, null, true),
        ("check in JSON", "check --json talks.csx", 0, null, true),
        ("check with a mistake", "check bad.csx", 65, null, true),
        ("tree of a tac file", "tree --evaluate talks.csx", 0, null, true),
        ("parameters", "parameters talks.csx", 0, null, true),
        ("compile", "compile talks.csx", 0, null, true),
        ("restore", "restore talks.csx", 0, null, true),
        ("unit", "unit talks.csx", 0, null, true),
        ("Kubernetes", "--rundir TACS k8s talks.csx", 0, null, true),
        ("list of what runs", "ps", 0, null, true),
        ("status", "status serves.csx", 0, null, true),
        ("tree of what runs", "tree serves.csx", 0, null, true),
        ("log lines", "logs serves.csx", 0, null, true),
        ("levels", "level --who serves.csx", 0, null, true),
        ("history", "history serves.csx", 0, null, true),
        ("plan", "plan serves.csx", 0, null, true),
        ("command line", "--nonsense", 64, null, false),
        ("no such plugin", "nowhere", 64, null, false),
        ("compilation", "bad.csx", 65, null, false),
        ("compilation in the foreground", "-n bad.csx", 65, null, false),
        ("reading", "nowhere.csx", 66, null, false),
        ("top level", "throws.csx", 70, "threw InvalidOperationException", false),
        ("top level in the foreground", "-n throws.csx", 70, null, false),
        ("start", "fails.csx", 69, "no moon", false),
        ("start in the foreground", "-n -l tachost.log fails.csx", 69, "no moon", false),
        ("run in the foreground, log on standard output", "-n prints.csx", 3, null, false),
        ("run in the foreground, log in a file", "-n -l tachost.log prints.csx", 3, "Server Shut Down.", false),
        ("failure in the foreground", "-n -l tachost.log breaks.csx", 70, "Server Shut Down.", false),
        ("daemon", "prints.csx", 0, "Server Shut Down.", false),
    ];

    /// <summary>Each phase with each state of one stream, and with both of them closed or stuck. What is asked to print something waits for a reader, as every program does.</summary>
    private static IEnumerable<(string Phase, string Output, string Error)> Cells =>
        from phase in _phases
        from streams in _states.Select(state => (state, "ok")).Concat(_states.Skip(1).Select(state => ("ok", state))).Append(("closed", "closed")).Append(("stuck", "stuck"))
        where streams.Item1 != "stuck" || !phase.IsPrinting
        select (phase.Phase, streams.Item1, streams.Item2);

    [Fact]
    [LongSet]
    public Task Streams_InEveryState_ChangeNeitherExitCodeNorLog() => LookAsync(Cells);

    /// <summary>The short form: every seventh cell, which are others for each phase.</summary>
    [Fact]
    public Task Streams_InSomeStates_ChangeNeitherExitCodeNorLog() => LookAsync(Cells.Where((_, index) => index % 7 == 1));

    private static async Task LookAsync(IEnumerable<(string Phase, string Output, string Error)> cells)
    {
        Assert.SkipUnless(Program.IsInstalled("python3"), "python3 is not installed");
        await using Sandbox sandbox = new();
        sandbox.Write("bad.csx", "this is no C#");
        sandbox.Write("throws.csx", "throw new InvalidOperationException(\"no sun\");");
        sandbox.Write("fails.csx", "class S : Service { protected override Task OnStartAsync(CancellationToken t) => throw new InvalidOperationException(\"no moon\"); }\nvar application = new Application(\"x\");\nnew S().SetServiceParent(application);");
        sandbox.Write("breaks.csx", "class S : Service { protected override async Task ExecuteAsync(CancellationToken t) { await Task.Yield(); while (Application!.State != ServiceState.Running) await Task.Delay(1); throw new InvalidOperationException(\"no star\"); } }\nvar application = new Application(\"x\");\nnew S().SetServiceParent(application);");
        sandbox.Write("prints.csx", """
            class S : Service
            {
                protected override Task OnStartAsync(CancellationToken t)
                {
                    for (var i = 0; i < 2000; i++)
                    {
                        Console.WriteLine(new string('o', 100));
                        Console.Error.WriteLine(new string('e', 100));
                        Logger.LogInformation("line {Number} of many, of which a pipe takes only the first few hundred", i);
                    }
                    return Task.CompletedTask;
                }
            }
            var application = new Application("x") { ExitCode = 3 };
            new S().SetServiceParent(application);
            application.RequestStop();
            """);
        sandbox.Write("talks.csx", "for (var i = 0; i < 2000; i++) Console.WriteLine(new string('o', 100));\nvar application = new Application(\"talks\");");
        await sandbox.StartDaemonAsync(sandbox.Write("serves.csx", "var application = new Application(\"serves\");"));
        ConcurrentQueue<string> wrong = [];
        await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (cell, _) =>
        {
            foreach (var problem in await LookAsync(sandbox, cell))
                wrong.Enqueue(problem);
        });

        Assert.Empty(wrong);
    }

    /// <summary>Runs one cell, in a directory of its own, and says what was wrong.</summary>
    private static async Task<IReadOnlyList<string>> LookAsync(Sandbox tacs, (string Phase, string Output, string Error) cell)
    {
        var (phase, output, error) = cell;
        var (_, words, exitCode, logged, _) = _phases.Single(each => each.Phase == phase);
        await using Sandbox sandbox = new();
        sandbox.Environment["TACHOST_CACHE"] = tacs.Cache;
        var arguments = words.Split(' ').Select(word => word == "TACS" ? tacs.Directory : word.EndsWith(".csx", StringComparison.Ordinal) ? tacs.PathOf(word) : word);
        var ended = await sandbox.RunAsync("python3", ["-c", Runner, output, error, Program.Tachost, .. arguments]);
        await Until.TrueAsync(() => !sandbox.Daemons().Any(), "the end of the daemon");
        List<string> wrong = [];
        var said = error == "ok" && File.Exists(sandbox.PathOf("err")) ? await File.ReadAllTextAsync(sandbox.PathOf("err"), TestContext.Current.CancellationToken) : "";
        if (ended.Output.Trim() != exitCode.ToString(CultureInfo.InvariantCulture))
            wrong.Add($"{cell}: {ended.Output.Trim()}{ended.Error}, not {exitCode}. {said}");
        if (logged is not null && !sandbox.Log.Contains(logged, StringComparison.Ordinal))
            wrong.Add($"{cell}: no '{logged}' in the log");
        if (File.Exists(sandbox.PidFile))
            wrong.Add($"{cell}: the pid file is left");
        return wrong;
    }
}
