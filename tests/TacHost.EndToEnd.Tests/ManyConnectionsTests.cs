using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed partial class ManyConnectionsTests
{
    /// <summary>Enough for their lines to fill more than one log file.</summary>
    private const int Connections = 12_000;

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task TwelveThousand_SoManyAtATime_GetEveryPoemAndOneLogLineEach(int atATime)
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        var expected = Encoding.UTF8.GetBytes(Sandbox.Poem);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Connections),
            new ParallelOptions { MaxDegreeOfParallelism = atATime, CancellationToken = TestContext.Current.CancellationToken },
            async (_, _) => Assert.Equal(expected, await sandbox.FetchAsync(port)));
        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        // Oldest first: the highest number, and the plain name last.
        var files = Directory.EnumerateFiles(sandbox.Directory, "tachost.log*").OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).ToList();
        Assert.All(files, path => Assert.InRange(new FileInfo(path).Length, 1, 1_000_000));
        Assert.InRange(files.Count, 2, 10);
        var lines = files.SelectMany(File.ReadLines).ToList();
        Assert.Equal(Connections, lines.Count(line => Sending().IsMatch(line)));
        Assert.EndsWith("Server Shut Down.", lines[^1], StringComparison.Ordinal);
        Assert.Contains("starting up.", lines[0], StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\S+ \[fastpoetry/PoetryFactory\] sending 34 bytes of poetry to 127\.0\.0\.1:\d+$")]
    private static partial Regex Sending();
}
