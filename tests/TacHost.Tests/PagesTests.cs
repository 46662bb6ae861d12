using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>The pages that name files name files that exist.</summary>
public sealed partial class PagesTests
{
    [Theory]
    [InlineData("ARCHITECTURE.md", 60)]
    [InlineData("CONTRIBUTING.md", 10)]
    [InlineData("docs/frictions.md", 30)]
    [InlineData("docs/examples.md", 3)]
    public void Files_NamedByAPage_Exist(string page, int fewest)
    {
        var files = Directory.EnumerateFiles(Checkout.Root, "*.cs*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/artifacts/", StringComparison.Ordinal))
            .Select(path => "/" + Path.GetRelativePath(Checkout.Root, path))
            .ToList();
        var named = FileName().Matches(File.ReadAllText(Path.Combine(Checkout.Root, page))).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.True(named.Count >= fewest);
        Assert.DoesNotContain(named, name => !files.Exists(file => IsNamed(file, name)));
    }

    /// <summary>A developer who looks for the file of a task finds one file, not two of the same name.</summary>
    [Fact]
    public void Files_OfTheTenTasks_HaveUniqueNames()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "CONTRIBUTING.md"));
        var section = page[page.IndexOf("## Ten files", StringComparison.Ordinal)..page.IndexOf("## Tests", StringComparison.Ordinal)];
        var files = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileName).ToList();

        var named = FileName().Matches(section).Select(match => match.Groups["name"].Value).ToList();

        Assert.True(named.Count >= 10);
        Assert.All(named, name => Assert.Single(files, name));
    }

    [Fact]
    public void AFileThatDoesNotExist_IsFound() => Assert.False(IsNamed("/src/TacHost/PidFile.cs", "File.cs"));

    /// <summary>Returns whether a name, with some of its folders and with '*' for any text, stands for a file.</summary>
    private static bool IsNamed(string file, string name) =>
        Regex.IsMatch(file, $"/{Regex.Escape(name).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$");

    [GeneratedRegex(@"`(?<name>[A-Za-z0-9./*]+\.(?:cs|csproj))`")]
    private static partial Regex FileName();
}
