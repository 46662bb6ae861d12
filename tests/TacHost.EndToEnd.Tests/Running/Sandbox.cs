using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A directory of its own to start <c>tachost</c> in; whatever runs there when the test ends is killed.</summary>
internal sealed partial class Sandbox : IAsyncDisposable
{
    public const string Poem = "Roses are red,\nvioletæ are blue.\n";

    private readonly List<Process> _foreground = [];

    public Sandbox()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("tachost-test-").FullName;
        Cache = System.IO.Directory.CreateDirectory(PathOf("cache"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Write("poem.txt", Poem);
    }

    public string Directory { get; }

    public string Cache { get; }

    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Whatever a test lets tachost send to.</summary>
    public UdpClient? Receiver { get; set; }

    public string PidFile => PathOf("tachost.pid");

    public string Log => File.Exists(PathOf("tachost.log")) ? File.ReadAllText(PathOf("tachost.log")) : "";

    /// <summary>Waits until something is in the log.</summary>
    public Task LoggedAsync(string text) => Until.TrueAsync(() => Log.Contains(text, StringComparison.Ordinal), $"'{text}' in the log");

    public int DaemonId => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    public string PathOf(string name) => Path.Combine(Directory, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return name;
    }

    /// <summary>A tac that serves the poem, compiled once for all tests that use it.</summary>
    public string UseSharedTac()
    {
        Environment["TACHOST_CACHE"] = SharedTac.Cache;
        return SharedTac.Path;
    }

    /// <summary>A tac that serves a poem.</summary>
    public string WriteTac(string name = "poem.csx", int port = 0, string poem = "poem.txt", string extra = "") => Write(name, Tac(port, poem, extra));

    /// <summary>A tac that serves the poem, and whose last service leaves no thread of the pool to anything else.</summary>
    public string WriteTacThatBlocksThePool() => Write("poem.csx", Tac(0, "poem.txt", "") + """

        new Blocking().SetServiceParent(application);
        class Blocking : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                for (var i = 0; i < 500; i++)
                    ThreadPool.QueueUserWorkItem(_ => Thread.Sleep(-1));
                return Task.CompletedTask;
            }
        }
        """);

    public static string Tac(int port, string poem, string extra) => $"""
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        {extra}
        var application = new Application("fastpoetry");
        var poetry = new PoetryService("{poem}");
        poetry.SetServiceParent(application);
        new TcpServer({port}, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
        """;

    /// <summary>Runs tachost here to its end; for a daemon that is when its prompt would be back.</summary>
    public Task<Outcome> TachostAsync(params IEnumerable<string> arguments) => Program.RunAsync(Directory, Variables(), Program.Tachost, arguments);

    /// <summary>Runs another program here, with the same environment.</summary>
    public Task<Outcome> RunAsync(string file, params IEnumerable<string> arguments) => Program.RunAsync(Directory, Variables(), file, arguments);

    /// <summary>Starts tachost and leaves it running until the sandbox goes.</summary>
    public Process Start(params IEnumerable<string> arguments) => StartProgram(Program.Tachost, arguments);

    public Process StartProgram(string file, params IEnumerable<string> arguments)
    {
        var process = Program.Start(Directory, Variables(), file, arguments);
        _foreground.Add(process);
        return process;
    }

    /// <summary>The first line on standard output that begins with a text; or all that there was, and the errors.</summary>
    public static async Task<string> PrintedAsync(Process process, string beginning)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        StringBuilder all = new();
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return line;
            all.AppendLine(line);
        }

        return all.Append(await process.StandardError.ReadToEndAsync(limit.Token)).ToString();
    }

    /// <summary>The port that a listener chose, as the log tells.</summary>
    public int Port(int listener = 0) => int.Parse(StartingOn().Matches(Log)[listener].Groups["port"].Value, CultureInfo.InvariantCulture);

    public async Task<byte[]> FetchAsync(int? port = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port ?? Port()), TestContext.Current.CancellationToken);
        return await ReadToEndAsync(socket);
    }

    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Bounded.Patience);
        using var stream = new NetworkStream(socket);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, limit.Token);
        return bytes.ToArray();
    }

    /// <summary>Starts a daemon that must come up.</summary>
    public async Task<int> StartDaemonAsync(params IEnumerable<string> arguments)
    {
        var outcome = await TachostAsync(arguments);
        Assert.Equal((0, "", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        return DaemonId;
    }

    public async Task<Outcome> KillAsync(int process, string signal = "TERM") =>
        await RunAsync("kill", $"-{signal}", process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Processes that were started in this directory, or below it, and still run.</summary>
    public IEnumerable<int> Processes() =>
        System.IO.Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Until.IsAlive(id) && new DirectoryInfo($"/proc/{id}/cwd").LinkTarget?.StartsWith(Directory, StringComparison.Ordinal) == true);

    /// <summary>Those of them that are tachost.</summary>
    public IEnumerable<int> Daemons() => Processes().Where(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("tachost", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var id in Processes().ToList())
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (ArgumentException)
            {
                // The process has just ended by itself.
            }

            await Until.GoneAsync(id);
        }

        foreach (var process in _foreground)
            process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private Dictionary<string, string?> Variables() => new(Environment)
    {
        ["TACHOST_CACHE"] = Environment.GetValueOrDefault("TACHOST_CACHE", Cache),

        // Root takes no code from a directory that others can write to, and many tests let another user write to theirs.
        ["TACHOST_TRUST"] = Environment.GetValueOrDefault("TACHOST_TRUST", $"{Path.GetTempPath()}:{Program.Root}"),
    };

    [GeneratedRegex(@"starting on 127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex StartingOn();
}
