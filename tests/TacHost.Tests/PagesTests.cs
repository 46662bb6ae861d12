using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>The pages that lead a developer to a file name files that exist.</summary>
public sealed partial class PagesTests
{
    [Theory]
    [InlineData("ARCHITECTURE.md", 60)]
    [InlineData("CONTRIBUTING.md", 10)]
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

    [Fact]
    public void AFileThatDoesNotExist_IsFound() => Assert.False(IsNamed("/src/TacHost/PidFile.cs", "File.cs"));

    /// <summary>Returns whether a name, with some of its folders and with '*' for any text, stands for a file.</summary>
    private static bool IsNamed(string file, string name) =>
        Regex.IsMatch(file, $"/{Regex.Escape(name).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$");

    [GeneratedRegex(@"`(?<name>[A-Za-z0-9./*]+\.(?:cs|csproj))`")]
    private static partial Regex FileName();
}
