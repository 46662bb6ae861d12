using System.Diagnostics;
using System.Text;
using TacHost.Bench.Load;
using TacHost.Bench.Report;
using TacHost.Bench.Servers;

namespace TacHost.Bench.Measurements;

/// <summary>One poem of a gigabyte, to one client that takes it as fast as it can.</summary>
internal sealed record GreatPoem() : Measurement("great poem")
{
    private const int Size = 1_000_000_000;

    public override IEnumerable<Row> Take(Bench bench)
    {
        var file = WritePoem(bench);
        ServerKind[] kinds = [.. new[] { bench.Peers.Tachost, bench.Peers.NginxHttp }.Where(kind => kind.IsThere)];
        var servers = new List<RunningServer>();
        try
        {
            foreach (var kind in kinds)
                servers.Add(kind.Start(bench.Setup() with { PoemFile = file, Core = Bench.ServerCore }));
            foreach (var server in servers)
                Fetch(server, Path.GetFileName(file));
            var results = Bench.InTurn<double>(bench.Options.Of(1, 7, 15), [.. servers.Select<RunningServer, Func<double>>(server => () => Fetch(server, Path.GetFileName(file)))]);
            yield return new Row("a poem of 1 GB to one client", "MB/s", [.. servers.Select((server, i) => new Series(server.Name, results[i]))], new Goal("tachost", bench.Peers.NginxHttp.Name, 0.9) { IsAtLeast = true });
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }

    /// <summary>Just written, so it is in memory: it is not the disk that is measured.</summary>
    private static string WritePoem(Bench bench)
    {
        var path = bench.Temporary("great.txt");
        using var file = File.Create(path);
        var verse = new byte[1_000_000];
        Encoding.ASCII.GetBytes("poetry ").CopyTo(verse, 0);
        for (var written = 0; written < Size; written += verse.Length)
            file.Write(verse);
        return path;
    }

    private static double Fetch(RunningServer server, string name)
    {
        Connection? connection = null;
        for (var attempt = 0; attempt < 6000 && (connection = Connection.TryOpen(server.Port)) is null; attempt++)
            Thread.Sleep(10);
        using (connection)
        {
            var began = Stopwatch.GetTimestamp();
            if (server.Name.StartsWith("nginx", StringComparison.Ordinal))
                connection!.Send($"GET /{name} HTTP/1.0\r\n\r\n");
            var length = connection!.TakeAll();
            if (length < Size)
                throw new InvalidOperationException($"Of the great poem only {length} bytes came from {server.Name}.");
            return length / Stopwatch.GetElapsedTime(began).TotalSeconds / 1e6;
        }
    }
}
