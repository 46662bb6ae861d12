using System.Text.RegularExpressions;

namespace TacHost.Tests.Logging;

/// <summary>An event is found in a log by category and number, so a class of log messages uses each number once.</summary>
public sealed partial class EventIdsTests
{
    [Fact]
    public void Numbers_OfAClassOfMessages_AreUsedOnce()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*Log.cs", SearchOption.AllDirectories).Where(path => Number().IsMatch(File.ReadAllText(path))).ToList();

        Assert.NotEmpty(files);
        Assert.All(files, path =>
        {
            var numbers = Number().Matches(File.ReadAllText(path)).Select(match => match.Groups["number"].Value).ToList();
            Assert.Equal(numbers.Distinct(), numbers);
        });
    }

    [GeneratedRegex("""(LoggerMessage\(|LogMessage\.\w+\(\w+, )(?<number>\d+),""")]
    private static partial Regex Number();
}
