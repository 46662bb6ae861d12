using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TacHost.Cluster.Tests;

/// <summary>Three nodes with the fast profile on loopback addresses of a network namespace of their own. All of it is removed when the test ends.</summary>
internal sealed class ClusterSandbox : IAsyncDisposable
{
    private const int Kill = 9;

    // Each question starts a process, which costs the nodes processor time.
    private const int MillisecondsBetweenQuestions = 500;

    /// <summary>The name of a node whose certificate another authority has signed.</summary>
    public const string Stranger = "n4";

    private static readonly string[] _nodes = ["n1", "n2", "n3"];
    private static readonly string _program = Path.Combine(Checkout.Root, "artifacts", "bin", "TacHost", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "tachost");

    private readonly TemporaryDirectory _directory = new();
    private readonly string _namespace = $"tachost-{Guid.NewGuid():N}"[..15];

    private bool _hasOneDirectory;
    private SandboxNetwork? _network;
    private SandboxPostgres? _postgres;

    private ClusterSandbox() => Witness = new Witness(Directory.CreateDirectory(_directory["witness"]).FullName, Logs);

    public Witness Witness { get; }

    /// <summary>Creates the namespace and the tac files.</summary>
    public static Task<ClusterSandbox> CreateAsync(params IEnumerable<string> names) => CreateAsync(hasOneDirectory: true, names);

    /// <summary>Creates a namespace for each node, with a network between them that can be cut.</summary>
    public static async Task<ClusterSandbox> CreateWithNetworkAsync(params IEnumerable<string> names)
    {
        var sandbox = await CreateAsync(names);
        sandbox._network = await SandboxNetwork.CreateAsync(sandbox._namespace, sandbox._directory.Path, [.. _nodes, Stranger]);
        return sandbox;
    }

    /// <summary>Creates a sandbox whose nodes use leases of PostgreSQL.</summary>
    public static async Task<ClusterSandbox> CreateWithPostgresAsync(SandboxPostgres server, params IEnumerable<string> names)
    {
        var sandbox = await CreateAsync(names);
        sandbox._postgres = server;
        return sandbox;
    }

    /// <summary>Creates the namespace and the tac files, in one directory or in one for each node.</summary>
    public static async Task<ClusterSandbox> CreateAsync(bool hasOneDirectory, params IEnumerable<string> names)
    {
        ClusterSandbox sandbox = new() { _hasOneDirectory = hasOneDirectory };
        if (await RunAsync("ip", ["netns", "add", sandbox._namespace]) is not { ExitCode: 0 })
        {
            sandbox._directory.Dispose();
            Assert.Skip("Network namespaces cannot be made here: that takes root, and the command ip.");
        }

        foreach (var directory in _nodes.Select(sandbox.TacsOf).Distinct())
        {
            Directory.CreateDirectory(directory);
            foreach (var name in names)
                await File.WriteAllTextAsync(Path.Combine(directory, $"{name}.csx"), sandbox.Witness.Tac(name));
        }

        await sandbox.IpAsync("link", "set", "lo", "up");
        return sandbox;
    }

    /// <summary>Returns the directory of a node's tac files.</summary>
    public string TacsOf(string node) => _hasOneDirectory ? _directory["tacs"] : _directory[$"tacs-{node}"];

    /// <summary>Adds a line to a tac file of a node.</summary>
    public Task AppendAsync(string node, string name, string line) => File.AppendAllTextAsync(Path.Combine(TacsOf(node), $"{name}.csx"), $"\n{line}\n");

    /// <summary>Writes the settings beside the tac files of a node.</summary>
    public Task WriteSettingsAsync(string node, string json) => File.WriteAllTextAsync(Path.Combine(TacsOf(node), "cluster.json"), json);

    /// <summary>Starts a node as a daemon.</summary>
    /// <param name="node">The name.</param>
    /// <param name="at">The name whose address and directories the node has, if it is another one.</param>
    public async Task StartAsync(string node, string? at = null)
    {
        var outcome = await TryStartAsync(node, at ?? node);
        Assert.True(outcome.ExitCode == 0, outcome.Text);
    }

    /// <summary>Starts a node that may end at once.</summary>
    public Task<(int ExitCode, string Text)> TryStartAsync(string node, string at) =>
        TachostAsync(at, ["cluster", "--node", node, "--listen", AddressOf(at), .. _network?.TlsOf(at) ?? [], .. Others(), "--profile", "fast", "--run", RunOf(at), TacsOf(_nodes.Contains(at) ? at : node)]);

    /// <summary>Returns the options that name the other nodes, or what knows them.</summary>
    private IEnumerable<string> Others() => _postgres is { } server ? ["--postgres", server.Connection] : _nodes.SelectMany(each => new[] { "--seed", AddressOf(each) });

    /// <summary>Returns whether the process of a node has ended.</summary>
    public bool HasEnded(string node) =>
        Path.Combine(RunOf(node), "emperor.pid") is var file && (!File.Exists(file) || !int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var process) || !IsOurs(process));

    /// <summary>Starts all nodes.</summary>
    public Task StartAllAsync() => Task.WhenAll(_nodes.Select(node => StartAsync(node)));

    /// <summary>Asks a node with <c>tachost cluster</c>.</summary>
    public Task<(int ExitCode, string Text)> AskAsync(string node, params IEnumerable<string> words) =>
        TachostAsync(node, ["cluster", .. words, "--fleet", TacsOf(node), "--run", RunOf(node)]);

    /// <summary>Has a node execute a command, and checks what it prints.</summary>
    public async Task SucceedAsync(string node, string expected, params IEnumerable<string> words)
    {
        var (exitCode, text) = await AskAsync(node, words);
        Assert.True(exitCode == 0 && text.Contains(expected, StringComparison.Ordinal), $"{string.Join(' ', words)}: {exitCode}\n{text}\n{Logs()}");
    }

    /// <summary>Waits until a command prints a text.</summary>
    public async Task ShowsAsync(string node, string expected, params IReadOnlyList<string> words)
    {
        var began = Stopwatch.GetTimestamp();
        while (await AskAsync(node, words) is var (_, text) && !text.Contains(expected, StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Bounded.Patience, $"'{expected}' is not in:\n{text}");
            await Task.Delay(MillisecondsBetweenQuestions, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until no process of a deployment runs.</summary>
    public async Task EndedAsync()
    {
        foreach (var file in Directory.EnumerateFiles(_directory.Path, "*.pid", SearchOption.AllDirectories))
        {
            if (int.TryParse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture, out var process) && IsOurs(process))
                await Until.GoneAsync(process);
        }
    }

    /// <summary>Waits until a node says that all nodes are up, and that each deployment runs.</summary>
    /// <param name="node">The node that is asked.</param>
    /// <param name="nodes">How many nodes are up then.</param>
    /// <param name="restarts">True to start nodes again that have ended, as a service manager does. On a slow machine, the nodes that remain after a cut may see each other come and go for too long, and then all of them end.</param>
    public async Task SettledAsync(string node, int nodes = 3, bool restarts = false)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach (var ended in restarts ? _nodes.Where(HasEnded) : [])
                await StartAsync(ended);
            var (exitCode, text) = await AskAsync(node, "nodes", "--json");
            if (exitCode == 0 && Owners(text) is { } owners && owners.Nodes == nodes && await AskAsync(node, "ls") is { ExitCode: 0 })
                return;
            if (Stopwatch.GetElapsedTime(began) > Bounded.Patience)
                throw new TimeoutException($"The cluster of {nodes} does not settle:\n{text}\n{Logs()}");
            await Task.Delay(MillisecondsBetweenQuestions, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Returns the log of a node.</summary>
    public string LogOf(string node) => File.ReadAllText(_directory[$"{node}/emperor.log"]);

    private string Logs() => string.Join('\n', _nodes.Where(node => File.Exists(_directory[$"{node}/emperor.log"])).Select(node => $"{node}:\n{LogOf(node)}"));

    /// <summary>Waits until each node runs one deployment.</summary>
    public async Task SpreadAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (Owners((await AskAsync(_nodes[0], "nodes", "--json")).Text).Runs.Values.Any(count => count != 1))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Bounded.Patience, "The deployments do not spread over the nodes.");
            await Task.Delay(MillisecondsBetweenQuestions, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a deployment runs anew, on another node than one.</summary>
    public Task<string> MovedAsync(string name, string from, long after) =>
        Until.FoundAsync(() => Witness.NodeOf(name, after) is { } node && node != from ? node : null, $"'{name}' to move away from {from}");

    /// <summary>Gets the process of a node.</summary>
    public int ProcessOf(string node) => int.Parse(File.ReadAllText(Path.Combine(RunOf(node), "emperor.pid")), CultureInfo.InvariantCulture);

    /// <summary>Sends a signal to the process of a node.</summary>
    public async Task SignalAsync(string node, string signal) => Assert.Equal(0, (await RunAsync("kill", [$"-{signal}", ProcessOf(node).ToString(CultureInfo.InvariantCulture)])).ExitCode);

    public Task<(int ExitCode, string Text)> TachostAsync(string node, params IEnumerable<string> arguments) => RunAtAsync(node, _program, arguments);

    /// <summary>Runs a program where a node is.</summary>
    public Task<(int ExitCode, string Text)> RunAtAsync(string node, string program, params IEnumerable<string> arguments) => RunAsync("ip", ["netns", "exec", _network?.NamespaceOf(node) ?? _namespace, program, .. arguments]);

    /// <summary>Gets the network between the nodes.</summary>
    public SandboxNetwork Network => _network!;

    public async ValueTask DisposeAsync()
    {
        // Those too that a node was starting when it was killed, and that have no pid file yet.
        while (Processes() is { Count: > 0 } processes)
        {
            foreach (var process in processes)
                await RunAsync("kill", [$"-{Kill}", process.ToString(CultureInfo.InvariantCulture)]);
            foreach (var process in processes)
                await Until.GoneAsync(process);
        }

        if (_network is not null)
            await _network.DisposeAsync();
        await RunAsync("ip", ["netns", "delete", _namespace]);
        _directory.Dispose();
    }

    private List<int> Processes() =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0 && IsOurs(id))];

    private bool IsOurs(int process)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{process}/cmdline");
            return words.StartsWith(_program, StringComparison.Ordinal) && words.Contains(_directory.Path, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static (int Nodes, IReadOnlyDictionary<string, int> Runs) Owners(string json)
    {
        using var report = JsonDocument.Parse(json);
        var nodes = report.RootElement.GetProperty("nodes").EnumerateArray().ToList();
        return (nodes.Count, nodes.GroupBy(node => node.GetProperty("name").GetString()!).ToDictionary(same => same.Key, same => same.Sum(node => node.GetProperty("units").EnumerateArray().Count(unit => unit.GetProperty("here").GetBoolean()))));
    }

    public string RunOf(string node) => _directory[node];

    private static string HostOf(string node) => $"127.0.0.{node[1..]}";

    private string AddressOf(string node) => $"{(_network is null ? HostOf(node) : SandboxNetwork.HostOf(node))}:4053";

    private async Task IpAsync(params string[] arguments)
    {
        var outcome = await RunAsync("ip", ["-n", _namespace, .. arguments]);
        Assert.True(outcome.ExitCode == 0, outcome.Text);
    }

    public static async Task<(int ExitCode, string Text)> RunAsync(string program, IEnumerable<string> arguments)
    {
        using Process process = new() { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (127, e.Message);
        }

        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().Soon();
        return (process.ExitCode, await output + await error);
    }
}
