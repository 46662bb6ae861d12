using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Docs;

/// <summary>The commands and tac files of the pages, run as a reader would: in order, in one directory for each page.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages => [.. new[] { "README.md" }
        .Concat(PagesBelow("docs", SearchOption.TopDirectoryOnly)).Concat(PagesBelow("docs/servers", SearchOption.TopDirectoryOnly))
        .Concat(PagesBelow("src", SearchOption.AllDirectories)).Concat(PagesBelow("packaging", SearchOption.TopDirectoryOnly))];

    public static TheoryData<string> RunPages => [.. Pages.Select(page => page.Data).Where(page => BlocksOf(File.ReadAllText(Path.Combine(Program.Root, page))).Any())];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Block_OfEachPage_IsRunOrSaysWhyNot(string page)
    {
        var text = File.ReadAllText(Path.Combine(Program.Root, page));

        Assert.All(DocumentedBlock.Of(text), block => Assert.True(block.IsRun || block.From is not null || block.Reason is not null, $"{page}:{block.Line}: mark the block 'console run', 'LANGUAGE file=NAME', 'LANGUAGE from=EXAMPLE' or 'LANGUAGE not run: REASON'"));
        Assert.Equal(Regex.Count(text, "^```", RegexOptions.Multiline), 2 * DocumentedBlock.Of(text).Count);
        // Nor is code hidden in a block that is only indented.
        Assert.DoesNotMatch("(?m)^ {4}", DocumentedBlock.TextBeside(text));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Block_FromAnExample_IsInItsFile(string page) =>
        Assert.All(DocumentedBlock.Of(File.ReadAllText(Path.Combine(Program.Root, page))).Where(block => block.From is not null), block => Assert.Contains(block.Text, File.ReadAllText(Path.Combine(Example.Folder, block.From!)), StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(RunPages))]
    public async Task Page_EachCommand_PrintsWhatThePageShows(string page)
    {
        await using var sandbox = Example.WithPackages();
        PutOnPath(sandbox);
        Dictionary<string, string> ports = new(StringComparer.Ordinal);
        Directory.CreateDirectory(sandbox.PathOf("deployments"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Program.Root, "deployments"), "*.csx"))
            sandbox.Write($"deployments/{Path.GetFileName(file)}", WithUnusedPorts(await ReadAsync(file), ports));
        Directory.CreateSymbolicLink(sandbox.PathOf("poetry"), Path.Combine(Program.Root, "poetry"));
        var blocks = BlocksOf(WithUnusedPorts(await ReadAsync(page), ports)).ToList();
        SkipWithoutTools(blocks);
        if (blocks.Any(block => block.Text.Contains("dotnet new ", StringComparison.Ordinal)))
            await PackedLibraries.PutIntoAsync(sandbox);

        var directory = sandbox.Directory;
        foreach (var block in blocks)
        {
            if (block.File is null)
                directory = await RunAsync(sandbox, directory, page, block);
            else
                await SaveAsync(sandbox, directory, page, block);
        }
    }

    [Theory]
    [InlineData("a …\n", "a b c\n", true)]
    [InlineData("a …\n", "a\nb\n", false)]
    [InlineData("…\n", "", true)]
    [InlineData("…\nz\n", "x\ny\nz\n", true)]
    [InlineData("", "x\n", false)]
    [InlineData("x.\n", "xy\n", false)]
    public void Matches_Ellipsis_StandsForText(string expected, string output, bool matches) => Assert.Equal(matches, DocumentedBlock.Matches(expected, output));

    private static IEnumerable<DocumentedBlock> BlocksOf(string page) => DocumentedBlock.Of(page).Where(block => block.IsRun);

    private static IEnumerable<string> PagesBelow(string directory, SearchOption depth) =>
        Directory.EnumerateFiles(Path.Combine(Program.Root, directory), "*.md", depth).Select(path => Path.GetRelativePath(Program.Root, path)).Order(StringComparer.Ordinal);

    /// <summary>Saves a file. A tac file must have a tree.</summary>
    private static async Task SaveAsync(Sandbox sandbox, string directory, string page, DocumentedBlock block)
    {
        var path = Path.Combine(directory, block.File!);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, block.Text, TestContext.Current.CancellationToken);
        if (!block.IsTac)
            return;
        var outcome = await sandbox.TachostAsync("tree", path);
        Assert.SkipWhen(outcome.ExitCode == 69 && block.Text.Contains("nuget:", StringComparison.Ordinal), $"the packages cannot be had here: {outcome.Error}");
        Assert.True(outcome.ExitCode == 0, $"{page}:{block.Line}: {outcome.Error}");
    }

    /// <summary>Runs the commands of a block, and returns the directory in which they end. What stays in the foreground ends with the block.</summary>
    private static async Task<string> RunAsync(Sandbox sandbox, string directory, string page, DocumentedBlock block)
    {
        var left = sandbox.PathOf("cache/directory");
        List<Process> foreground = [];
        foreach (var (command, expected) in block.Commands())
        {
            if (Foreground().IsMatch(command))
            {
                foreground.Add(sandbox.StartProgram("bash", "-c", $"cd '{directory}'; exec {command}"));
                await Until.SaidAsync(foreground[^1], "is running as process");
                continue;
            }

            var outcome = await RunOnceAsync(command);

            // A line of the log is written a moment later than what it tells of.
            for (var tries = 0; tries < 100 && IsOfLog().IsMatch(command) && !IsAsExpected(outcome, expected); tries++)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
                outcome = await RunOnceAsync(command);
            }

            directory = (await ReadAsync(left)).TrimEnd('\n');
            var matches = IsAsExpected(outcome, expected);
            Assert.True(outcome.ExitCode == 0 && matches, $"{page}:{block.Line}: $ {command}\nexit code {outcome.ExitCode}, expected:\n{expected}\nprinted:\n{outcome.Output}{outcome.Error}\nlog:\n{sandbox.Log}");
        }

        foreach (var process in foreground)
        {
            await sandbox.KillAsync(process.Id);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        }

        return directory;

        Task<Outcome> RunOnceAsync(string command) => sandbox.RunAsync("bash", "-c", $"cd '{directory}'\n{command}\nstatus=$?; pwd >'{left}'; exit $status");
    }

    private static bool IsAsExpected(Outcome outcome, string expected) =>
        DocumentedBlock.Matches(expected, outcome.Output) || DocumentedBlock.Matches(expected, outcome.Error + outcome.Output);

    /// <summary>Makes the program and its deployments available as in an installation, and as in a checkout.</summary>
    private static void PutOnPath(Sandbox sandbox)
    {
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        File.CreateSymbolicLink(sandbox.PathOf("bin/tachost"), Program.Tachost);
        File.CreateSymbolicLink(sandbox.PathOf("tachost"), Program.Tachost);
        sandbox.Environment["PATH"] = $"{sandbox.PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        // Packages are where the SDK that built the tests has put them.
        sandbox.Environment["NUGET_PACKAGES"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        sandbox.Environment["HOME"] = sandbox.Directory;
    }

    private static void SkipWithoutTools(IEnumerable<DocumentedBlock> blocks)
    {
        var commands = string.Join('\n', blocks.Where(block => block.File is null).SelectMany(block => block.Commands()).Select(each => each.Command));
        foreach (var tool in (string[])["nc", "dig", "curl", "promtool", "socat", "openssl", "xmllint"])
            Assert.SkipUnless(!Regex.IsMatch(commands, $@"(^|\| ){tool} ", RegexOptions.Multiline) || Program.IsInstalled(tool), $"{tool} is not installed");
    }

    private static Task<string> ReadAsync(string page) => File.ReadAllTextAsync(Path.Combine(Program.Root, page), TestContext.Current.CancellationToken);

    /// <summary>Replaces each port, the same everywhere.</summary>
    private static string WithUnusedPorts(string text, Dictionary<string, string> ports) =>
        Port().Replace(text, match => ports.TryGetValue(match.Value, out var port) ? port : ports[match.Value] = UnusedPort.Next().ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^cat \S+\.log$")]
    private static partial Regex IsOfLog();

    [GeneratedRegex(@"\b(10[012]\d\d|9100|5353|8080|8081|1080|2121|4040|5432|7000|7777|9000)\b")]
    private static partial Regex Port();

    [GeneratedRegex(@"^(\./)?tachost (-n|--nodaemon) ")]
    private static partial Regex Foreground();
}
