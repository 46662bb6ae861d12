using System.Globalization;

namespace TacHost.Cluster.Tests;

/// <summary>A directory outside of the nodes, where each process of a deployment writes its name, its node, its epoch and the time into a file of its own, 50 times a second.</summary>
/// <remarks>A cut network and a frozen node cannot keep anyone from writing there. The clock is the machine's, which all share.</remarks>
internal sealed class Witness(string directory, Func<string> logs)
{
    /// <summary>The time between two lines of a deployment, with room for a busy machine. Not a limit for the nodes.</summary>
    private const long ResolutionMilliseconds = 60;

    /// <summary>Returns the code of a tac file with a witnessed deployment.</summary>
    public string Tac(string name) =>
        $$"""
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        var application = new Application("{{name}}");
        new Beat().SetServiceParent(application);
        new TcpServer(0, ServerFactory.ForProtocol(() => new NodeName()), Environment.GetEnvironmentVariable("TACHOST_NODE_ADDRESS") ?? "localhost").SetServiceParent(application);
        class NodeName : Protocol
        {
            protected override void ConnectionMade()
            {
                Transport.Write(System.Text.Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("TACHOST_NODE") + "\n"));
                Transport.LoseConnection();
            }
        }
        class Beat : Service
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using StreamWriter file = new($"{{directory}}/{Environment.ProcessId}") { AutoFlush = true };
                while (true)
                {
                    file.Write($"{Environment.TickCount64} {{name}} {Environment.GetEnvironmentVariable("TACHOST_NODE")} {Application!.Epoch}\n");
                    await Task.Delay(20, stoppingToken);
                }
            }
        }
        """;

    /// <summary>Returns the name of the node that wrote last for a deployment, if that was after a time.</summary>
    public string? NodeOf(string name, long after) => Read().LastOrDefault(line => line.Name == name && line.Time > after)?.Node;

    /// <summary>Checks all that was written: no two starts of a deployment overlap, and epochs grow.</summary>
    /// <returns>For each deployment, the number of its starts.</returns>
    public IReadOnlyDictionary<string, int> Check()
    {
        Dictionary<string, int> starts = [];
        foreach (var deployment in Read().GroupBy(line => line.Name))
        {
            var runs = deployment.GroupBy(line => (line.Epoch, line.Node)).Select(run => (run.Key.Epoch, run.Key.Node, First: run.Min(line => line.Time), Last: run.Max(line => line.Time))).OrderBy(run => run.First).ToList();
            foreach (var (earlier, later) in runs.Zip(runs.Skip(1)))
            {
                Assert.True(later.First >= earlier.Last - ResolutionMilliseconds, $"'{deployment.Key}' ran twice for {earlier.Last - later.First} ms: {earlier}, {later}\n{logs()}");
                Assert.True(later.Epoch > earlier.Epoch, $"the epoch of '{deployment.Key}' did not grow: {earlier}, {later}\n{logs()}");
            }

            starts[deployment.Key] = runs.Count;
        }

        return starts;
    }

    private List<Line> Read() => [.. Directory.EnumerateFiles(directory).SelectMany(ReadFile).OrderBy(line => line.Time)];

    private static IEnumerable<Line> ReadFile(string path)
    {
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(parts => new Line(Number(parts[0]), parts[1], parts[2], Number(parts[3])))];
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Line(long Time, string Name, string Node, long Epoch);
}
