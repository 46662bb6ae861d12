using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>Tests of one process run side by side, so a figure of the whole process is not theirs alone.</summary>
public sealed partial class IsolationTests
{
    [Fact]
    public void Tests_ThatMeasureTheirProcess_RunAlone()
    {
        var files = TestFiles().ToList();
        var measuring = files.Where(file => OfTheProcess().IsMatch(file.Text)).SelectMany(file => TestsOf(file, files)).ToList();

        Assert.NotEmpty(measuring);
        Assert.Empty(measuring.Where(file => !file.Text.Contains("[Collection<AloneCollection>]", StringComparison.Ordinal)).Select(file => file.Path));
    }

    [Theory]
    [InlineData("var before = GC.GetTotalMemory(forceFullCollection: true);")]
    [InlineData("Environment.SetEnvironmentVariable(name, value);")]
    [InlineData("Directory.EnumerateDirectories(\"/proc/self/task\")")]
    public void AFigureOfTheProcess_IsRecognised(string code) => Assert.Matches(OfTheProcess(), code);

    /// <summary>Returns the file itself if it has tests, or else the files with tests that name its class.</summary>
    private static IEnumerable<(string Path, string Text)> TestsOf((string Path, string Text) file, List<(string Path, string Text)> files) =>
        HasTests().IsMatch(file.Text) ? [file] : files.Where(each => HasTests().IsMatch(each.Text) && each.Text.Contains(Path.GetFileNameWithoutExtension(file.Path), StringComparison.Ordinal));

    /// <summary>The sources of test classes. The end-to-end tests measure other processes, by scripts that look like this code; TopLevelEffectsTests compiles such scripts.</summary>
    private static IEnumerable<(string Path, string Text)> TestFiles() =>
        Directory.EnumerateDirectories(Path.Combine(Checkout.Root, "tests"), "*.Tests")
            .Where(project => !project.EndsWith("EndToEnd.Tests", StringComparison.Ordinal))
            .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            .Where(path => Path.GetFileNameWithoutExtension(path) is not (nameof(IsolationTests) or nameof(Scripting.TopLevelEffectsTests)))
            .Select(path => (path, File.ReadAllText(path)));

    [GeneratedRegex(@"^    \[(Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex HasTests();

    [GeneratedRegex(
        """GC\.GetTotal(Memory|AllocatedBytes)|GC\.CollectionCount|GetCurrentProcess\(|"/proc/self/task"|(Get|Enumerate)FileSystemEntries\("/proc/self/fd"\)|SetEnvironmentVariable\(|CurrentDirectory = |Console\.Set(Out|Error|In)\(""")]
    private static partial Regex OfTheProcess();
}
