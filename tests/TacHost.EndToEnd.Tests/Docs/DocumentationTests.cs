using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Docs;

/// <summary>The commands and tac files of the pages, run as a reader would: in order, in one directory.</summary>
public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData("docs/tutorial.md")]
    [InlineData("docs/systemd.md")]
    [InlineData("docs/kubernetes.md")]
    [InlineData("docs/monitoring.md")]
    public async Task Page_EachCommand_PrintsWhatThePageShows(string page)
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using var sandbox = new Sandbox();
        PutOnPath(sandbox);
        Dictionary<string, string> ports = new(StringComparer.Ordinal);
        Directory.CreateDirectory(sandbox.PathOf("deployments"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Program.Root, "deployments"), "*.csx"))
            sandbox.Write($"deployments/{Path.GetFileName(file)}", WithUnusedPorts(await ReadAsync(file), ports));
        Directory.CreateSymbolicLink(sandbox.PathOf("poetry"), Path.Combine(Program.Root, "poetry"));
        var blocks = DocumentedBlock.Of(WithUnusedPorts(await ReadAsync(page), ports)).Where(block => block.IsRun).ToList();

        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
        {
            if (block.File is { } file)
            {
                sandbox.Write(file, block.Text);
                continue;
            }

            foreach (var (command, expected) in block.Commands())
            {
                var outcome = await sandbox.RunAsync("bash", "-c", command);
                Assert.True(outcome.ExitCode == 0 && DocumentedBlock.Matches(expected, outcome.Output), $"{page}:{block.Line}: $ {command}\nexit code {outcome.ExitCode}, expected:\n{expected}\nprinted:\n{outcome.Output}{outcome.Error}\nlog:\n{sandbox.Log}");
            }
        }
    }

    [Fact]
    public async Task Tutorial_HasNoCommandThatIsNotRun()
    {
        // Installing is tried by packaging/try.
        var page = await ReadAsync("docs/tutorial.md");

        Assert.All(DocumentedBlock.Of(page).Where(block => !block.IsRun), block => Assert.Contains("install", block.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a …\n", "a b c\n", true)]
    [InlineData("a …\n", "a\nb\n", false)]
    [InlineData("…\n", "", true)]
    [InlineData("…\nz\n", "x\ny\nz\n", true)]
    [InlineData("", "x\n", false)]
    [InlineData("x.\n", "xy\n", false)]
    public void Matches_Ellipsis_StandsForText(string expected, string output, bool matches) => Assert.Equal(matches, DocumentedBlock.Matches(expected, output));

    private static void PutOnPath(Sandbox sandbox)
    {
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        File.CreateSymbolicLink(sandbox.PathOf("bin/tachost"), Program.Tachost);
        sandbox.Environment["PATH"] = $"{sandbox.PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        sandbox.Environment["HOME"] = sandbox.Directory;
    }

    private static Task<string> ReadAsync(string page) => File.ReadAllTextAsync(Path.Combine(Program.Root, page), TestContext.Current.CancellationToken);

    /// <summary>Replaces each port, the same everywhere.</summary>
    private static string WithUnusedPorts(string text, Dictionary<string, string> ports) =>
        Port().Replace(text, match => ports.TryGetValue(match.Value, out var port) ? port : ports[match.Value] = UnusedPort.Next().ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\b(100\d\d|9100)\b")]
    private static partial Regex Port();
}
