using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>A directory of tac files, and the emperor that keeps it. All of it is killed when the test ends.</summary>
internal sealed class FleetSandbox : IAsyncDisposable
{
    public FleetSandbox() => System.IO.Directory.CreateDirectory(PathOf(""));

    public Sandbox Sandbox { get; } = new();

    public string Directory => Sandbox.PathOf("fleet");

    public string RunDirectory => PathOf(".fleet");

    public string EmperorLog => LogOf("emperor");

    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>Writes a tac that serves a poem of one line.</summary>
    public void Write(string name, string poem = "first", string extra = "")
    {
        var path = PathOf($".{name}.writing");
        File.WriteAllText(path, Tac(poem, extra));
        File.Move(path, PathOf($"{name}.csx"), overwrite: true);
    }

    /// <summary>Returns a tac that serves a poem of one line.</summary>
    public string Tac(string poem, string extra = "")
    {
        Sandbox.Write($"{poem}.txt", $"{poem}\n");
        return Sandbox.Tac(0, $"{poem}.txt", extra);
    }

    public Task<Outcome> TachostAsync(params IEnumerable<string> arguments) => Sandbox.TachostAsync(arguments);

    /// <summary>Starts the emperor as a daemon.</summary>
    public Task<Outcome> StartAsync(params IEnumerable<string> options) => Sandbox.TachostAsync(["emperor", .. options, Directory]);

    /// <summary>Executes a command for the fleet.</summary>
    public Task<Outcome> FleetAsync(params IEnumerable<string> words) => Sandbox.TachostAsync(["fleet", .. words, "--fleet", Directory]);

    public int EmperorId => int.Parse(File.ReadAllText(Path.Combine(RunDirectory, "emperor.pid")), CultureInfo.InvariantCulture);

    public int IdOf(string name) => int.Parse(File.ReadAllText(Path.Combine(RunDirectory, $"{name}.pid")), CultureInfo.InvariantCulture);

    public string LogOf(string name) => File.Exists(Path.Combine(RunDirectory, $"{name}.log")) ? File.ReadAllText(Path.Combine(RunDirectory, $"{name}.log")) : "";

    /// <summary>Returns the states of all deployments, as <c>fleet ls --json</c> shows them.</summary>
    public async Task<IReadOnlyDictionary<string, (string State, int? Pid, string? Reason)>> ListAsync()
    {
        var outcome = await FleetAsync("ls", "--json");
        Assert.Equal("", outcome.Error);
        using var report = JsonDocument.Parse(outcome.Output);
        return report.RootElement.GetProperty("units").EnumerateArray().ToDictionary(
            unit => unit.GetProperty("name").GetString()!,
            unit => (unit.GetProperty("state").GetString()!, unit.TryGetProperty("pid", out var pid) ? pid.GetInt32() : (int?)null, unit.TryGetProperty("reason", out var reason) ? reason.GetString() : null));
    }

    /// <summary>Waits until a deployment is in a state.</summary>
    public async Task StateAsync(string name, string state)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = "nothing";
        while (true)
        {
            var list = await ListAsync();
            if (list.TryGetValue(name, out var unit))
            {
                if (unit.State == state)
                    return;
                seen = $"{unit.State} ({unit.Reason})";
            }

            if (Stopwatch.GetElapsedTime(began) > Bounded.Patience)
                throw new TimeoutException($"Waited in vain for '{name}' to be {state}. It is {seen}. The log of the emperor:\n{EmperorLog}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Executes a command again and again until it exits with a code.</summary>
    public async Task ExitsAsync(int exitCode, params string[] words)
    {
        var began = Stopwatch.GetTimestamp();
        while (await FleetAsync(words) is var outcome && outcome.ExitCode != exitCode)
        {
            if (Stopwatch.GetElapsedTime(began) > Bounded.Patience)
                throw new TimeoutException($"'{string.Join(' ', words)}' exits {outcome.ExitCode} and not {exitCode}: {outcome.Output}{outcome.Error}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Returns what a deployment says to a client.</summary>
    public async Task<string> SaysAsync(string name)
    {
        var log = LogOf(name);
        var port = Regex.Matches(log, @"starting on 127\.0\.0\.1:(?<port>\d+)").Last().Groups["port"].Value;
        return Encoding.UTF8.GetString(await Sandbox.FetchAsync(int.Parse(port, CultureInfo.InvariantCulture)));
    }

    /// <summary>The processes that were started for a deployment.</summary>
    public IReadOnlyList<int> ProcessesOf(string name) =>
        [.. Sandbox.Processes().Where(id => Until.IsAlive(id) && CommandLineOf(id) is var words && words.Contains($"--pidfile={Path.Combine(RunDirectory, $"{name}.pid")}") && !words.Contains("--prepare-for"))];

    /// <summary>The processes whose command lines have a word, such as the one that compiles.</summary>
    public IReadOnlyList<int> ProcessesWith(string word) => [.. Sandbox.Processes().Where(id => CommandLineOf(id).Contains(word))];

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();

    private static string[] CommandLineOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
