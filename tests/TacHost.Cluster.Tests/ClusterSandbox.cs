using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TacHost.Cluster.Tests;

/// <summary>Three nodes with the fast profile on loopback addresses of a network namespace of their own. All of it is removed when the test ends.</summary>
internal sealed class ClusterSandbox : IAsyncDisposable
{
    private const int Kill = 9;

    private static readonly string[] _nodes = ["n1", "n2", "n3"];
    private static readonly string _program = Path.Combine(Checkout.Root, "artifacts", "bin", "TacHost", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "tachost");

    private readonly TemporaryDirectory _directory = new();
    private readonly string _namespace = $"tachost-{Guid.NewGuid():N}"[..15];

    private ClusterSandbox() => Witness = new Witness(Directory.CreateDirectory(_directory["witness"]).FullName);

    public Witness Witness { get; }

    /// <summary>Creates the namespace and the tac files.</summary>
    public static async Task<ClusterSandbox> CreateAsync(params IEnumerable<string> names)
    {
        ClusterSandbox sandbox = new();
        if (await RunAsync("ip", ["netns", "add", sandbox._namespace]) is not { ExitCode: 0 })
        {
            sandbox._directory.Dispose();
            Assert.Skip("Network namespaces cannot be made here: that takes root, and the command ip.");
        }

        Directory.CreateDirectory(sandbox._directory["tacs"]);
        foreach (var name in names)
            await File.WriteAllTextAsync(sandbox._directory[$"tacs/{name}.csx"], sandbox.Witness.Tac(name));
        await sandbox.IpAsync("link", "set", "lo", "up");
        return sandbox;
    }

    /// <summary>Starts a node as a daemon.</summary>
    public async Task StartAsync(string node)
    {
        var outcome = await TachostAsync(["cluster", "--node", node, "--listen", AddressOf(node), .. _nodes.SelectMany(each => new[] { "--seed", AddressOf(each) }), "--profile", "fast", "--run", RunOf(node), _directory["tacs"]]);
        Assert.True(outcome.ExitCode == 0, outcome.Text);
    }

    /// <summary>Starts all nodes.</summary>
    public Task StartAllAsync() => Task.WhenAll(_nodes.Select(StartAsync));

    /// <summary>Asks a node with <c>tachost cluster</c>.</summary>
    public Task<(int ExitCode, string Text)> AskAsync(string node, params IEnumerable<string> words) =>
        TachostAsync(["cluster", .. words, "--fleet", _directory["tacs"], "--run", RunOf(node)]);

    /// <summary>Waits until a node says that all nodes are up, and that each deployment runs.</summary>
    public async Task SettledAsync(string node, int nodes = 3)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var (exitCode, text) = await AskAsync(node, "nodes", "--json");
            if (exitCode == 0 && Owners(text) is { } owners && owners.Nodes == nodes && await AskAsync(node, "ls") is { ExitCode: 0 })
                return;
            if (Stopwatch.GetElapsedTime(began) > Bounded.Patience)
                throw new TimeoutException($"The cluster of {nodes} does not settle:\n{text}\n{await File.ReadAllTextAsync(_directory[$"{node}/emperor.log"], TestContext.Current.CancellationToken)}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until each node runs one deployment.</summary>
    public async Task SpreadAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (Owners((await AskAsync(_nodes[0], "nodes", "--json")).Text).Runs.Values.Any(count => count != 1))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Bounded.Patience, "The deployments do not spread over the nodes.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a deployment runs anew, on another node than one.</summary>
    public Task<string> MovedAsync(string name, string from, long after) =>
        Until.FoundAsync(() => Witness.NodeOf(name, after) is { } node && node != from ? node : null, $"'{name}' to move away from {from}");

    /// <summary>Gets the process of a node.</summary>
    public int ProcessOf(string node) => int.Parse(File.ReadAllText(Path.Combine(RunOf(node), "emperor.pid")), CultureInfo.InvariantCulture);

    /// <summary>Sends a signal to the process of a node.</summary>
    public async Task SignalAsync(string node, string signal) => Assert.Equal(0, (await RunAsync("kill", [$"-{signal}", ProcessOf(node).ToString(CultureInfo.InvariantCulture)])).ExitCode);

    public Task<(int ExitCode, string Text)> TachostAsync(params IEnumerable<string> arguments) => RunAsync("ip", ["netns", "exec", _namespace, _program, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        var processes = Directory.EnumerateFiles(_directory.Path, "*.pid", SearchOption.AllDirectories).Select(file => int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0 && IsOurs(id)).ToList();
        foreach (var process in processes)
            await RunAsync("kill", [$"-{Kill}", process.ToString(CultureInfo.InvariantCulture)]);
        foreach (var process in processes)
            await Until.GoneAsync(process);
        await RunAsync("ip", ["netns", "delete", _namespace]);
        _directory.Dispose();
    }

    private bool IsOurs(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(_directory.Path, StringComparison.Ordinal);
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
        return (nodes.Count, nodes.ToDictionary(node => node.GetProperty("name").GetString()!, node => node.GetProperty("units").EnumerateArray().Count(unit => unit.GetProperty("here").GetBoolean())));
    }

    private string RunOf(string node) => _directory[node];

    private static string HostOf(string node) => $"127.0.0.{node[1..]}";

    private static string AddressOf(string node) => $"{HostOf(node)}:4053";

    private async Task IpAsync(params string[] arguments)
    {
        var outcome = await RunAsync("ip", ["-n", _namespace, .. arguments]);
        Assert.True(outcome.ExitCode == 0, outcome.Text);
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(string program, IEnumerable<string> arguments)
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
