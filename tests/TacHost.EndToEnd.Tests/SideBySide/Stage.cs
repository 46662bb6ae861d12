using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>A directory in which one of the programs is put through a situation, and what was seen of it.</summary>
internal sealed class Stage(Contender contender) : IAsyncDisposable
{
    /// <summary>When a process that waits for something which cannot come any more is taken for one that waits for ever.</summary>
    private static readonly TimeSpan _forEver = TimeSpan.FromSeconds(10);

    private readonly Sandbox _sandbox = new();
    private readonly Dictionary<string, string> _seen = [];
    private int _runs;

    /// <summary>What was seen, by the name of the fact.</summary>
    public IReadOnlyDictionary<string, string> Seen => _seen;

    public Contender Contender => contender;

    public string Directory => _sandbox.Directory;

    /// <summary>What the program is started with, such as setpriv and its options.</summary>
    public string[] StartedBy { get; set; } = [];

    public string PidFile => PathOf(contender.PidFile);

    public string Log => File.Exists(PathOf(contender.Log)) ? File.ReadAllText(PathOf(contender.Log)) : "";

    public string PathOf(string name) => _sandbox.PathOf(name);

    public void See(string fact, string value) => _seen.Add(fact, value);

    public void See(string fact, bool value) => See(fact, value ? "yes" : "no");

    /// <summary>Lets everybody write in the directory.</summary>
    public void OpenToAll() => File.SetUnixFileMode(Directory, (UnixFileMode)0b111_111_111);

    /// <summary>Lets everybody read what is in the directory.</summary>
    public void OpenToReaders() => File.SetUnixFileMode(Directory, (UnixFileMode)0b111_101_101);

    /// <summary>Makes the tac of a deployment.</summary>
    public string Write(Deployment deployment)
    {
        var text = contender == Contender.Twistd ? deployment.Python : deployment.CSharp;

        // Most situations have the plain poem, which need not be compiled for each of them.
        return text == SharedTac.Text ? _sandbox.UseSharedTac() : _sandbox.Write(contender.Tac, text);
    }

    /// <summary>Starts the program on a deployment, with the options before it.</summary>
    public Run Start(Deployment deployment, params IEnumerable<string> options) => Start([.. options, "-y", Write(deployment)]);

    /// <summary>Starts the program with exactly these arguments.</summary>
    public Run Start(params IEnumerable<string> arguments)
    {
        // The same for both, whatever the tests were started with: the usual mask, and no signal ignored, as it is behind a shell's '&' or nohup.
        const string script = "umask 022; out=$1 err=$2; shift 2; exec env --default-signal \"$@\" >\"$out\" 2>\"$err\"";
        var (output, error) = (PathOf($"stdout.{++_runs}"), PathOf($"stderr.{_runs}"));
        File.WriteAllText(output, "");
        File.WriteAllText(error, "");
        return new Run(_sandbox.StartProgram("sh", ["-c", script, "sh", output, error, .. StartedBy, contender.Program, .. arguments]), output, error);
    }

    /// <summary>Waits for the end of a run, and sees how it ended and where it spoke.</summary>
    public async Task EndAsync(Run run)
    {
        await run.EndedAsync();
        See("exit code", run.Process.ExitCode.ToString(CultureInfo.InvariantCulture));
        See("speaks on", SpokenOn(run));
    }

    /// <summary>Waits for the end of a run that may never come.</summary>
    public async Task EndOrHangAsync(Run run)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(_forEver);
        try
        {
            await run.Process.WaitForExitAsync(limit.Token);
            See("exit code", run.Process.ExitCode.ToString(CultureInfo.InvariantCulture));
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            See("exit code", "none, it never ends");
        }
    }

    /// <summary>Starts a daemon, which must come up, and sees how.</summary>
    public async Task<int> DaemonAsync(Deployment deployment, params IEnumerable<string> options)
    {
        var run = Start(deployment, options);
        await EndAsync(run);
        return await RunningAsync(run);
    }

    /// <summary>Waits for the daemon that a start leaves.</summary>
    public async Task<int> RunningAsync(Run run)
    {
        await run.EndedAsync();
        Assert.True(run.Process.ExitCode == 0, run.Output + run.Error);
        await Until.TrueAsync(() => Log.Contains("is running", StringComparison.Ordinal), $"{contender.Name} to run");
        return Assert.Single(_sandbox.Processes());
    }

    /// <summary>Starts the program in the foreground, where it must come up.</summary>
    public async Task<Run> ForegroundAsync(Deployment deployment, params IEnumerable<string> options)
    {
        var run = Start(deployment, ["-n", .. options]);
        await SaysAsync(run, "is running");
        return run;
    }

    /// <summary>Waits until a run in the foreground has said something in its log.</summary>
    public Task SaysAsync(Run run, string words) =>
        Until.TrueAsync(() => run.Process.HasExited || run.Output.Contains(words, StringComparison.Ordinal), $"{contender.Name} to say '{words}'");

    public async Task SignalAsync(int id, string signal) => Assert.Equal(0, (await _sandbox.KillAsync(id, signal)).ExitCode);

    public Task SignalIfThereAsync(int id, string signal) => _sandbox.KillAsync(id, signal);

    public async Task<string> OwnerOfAsync(string name) => (await _sandbox.RunAsync("stat", "-c", "%U", PathOf(name))).Output.Trim();

    public async Task SeePoemAsync(int id) => See("serves the poem", await AnswersAsync(Proc.PortOf(id)));

    /// <summary>Whether a poem comes from a port, whole.</summary>
    public async Task<bool> AnswersAsync(int port)
    {
        try
        {
            return Encoding.UTF8.GetString(await _sandbox.FetchAsync(port)) == Sandbox.Poem;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>Sees whether a start that was refused, or a stop, leaves anything.</summary>
    /// <remarks>twistd gives the prompt back before the daemon that failed has tidied up and gone.</remarks>
    public async Task SeeWhatIsLeftAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await Until.TrueAsync(() => !_sandbox.Processes().Any() || Stopwatch.GetElapsedTime(start) > _forEver, "the last process to go");
        See("process left", _sandbox.Processes().Any());
        SeePidFile();
    }

    public void SeeProcess() => See("process runs", _sandbox.Processes().Any());

    public void SeePidFile() => See("pid file", DescribePidFile(PidFile));

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    private string DescribePidFile(string path)
    {
        if (!File.Exists(path))
            return "none";
        var content = File.ReadAllText(path);
        if (content.Length == 0)
            return "empty";
        if (!int.TryParse(content, CultureInfo.InvariantCulture, out var id))
            return "garbage";
        return _sandbox.Processes().Contains(id) ? "names the process" : "names another process, or none";
    }

    private static string SpokenOn(Run run) => (run.Output.Length, run.Error.Length) switch
    {
        (0, 0) => "nothing",
        (_, 0) => "stdout",
        (0, _) => "stderr",
        _ => "both",
    };
}
