using System.Text.RegularExpressions;

namespace TacHost.Tests.Logging;

/// <summary>An event is found in a log by category and number, so all messages of a category have different numbers.</summary>
public sealed partial class EventIdsTests
{
    private static readonly string _sources = Path.Combine(Checkout.Root, "src");

    /// <summary>The classes of messages, with their numbers.</summary>
    private static readonly List<(string File, List<int> Numbers)> _classes =
        [.. from path in SourceComments.Files(_sources)
            let numbers = Number().Matches(File.ReadAllText(path)).Select(match => int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture)).ToList()
            where numbers.Count > 0
            select (Path.GetRelativePath(_sources, path), numbers)];

    [Fact]
    public void Numbers_OfACategory_AreUsedOnce()
    {
        Assert.True(_classes.Count > 15);
        var doubles =
            from one in _classes
            from other in _classes
            where string.CompareOrdinal(one.File, other.File) <= 0 && ShareACategory(one.File, other.File)
            let both = one == other ? one.Numbers.CountBy(each => each).Where(each => each.Value > 1).Select(each => each.Key) : one.Numbers.Intersect(other.Numbers)
            where both.Any()
            select $"{one.File} and {other.File}: {string.Join(", ", both)}";

        Assert.Empty(doubles);
    }

    [Theory]
    [InlineData("TacHost.Runtime/Logging/HostLog.cs", "TacHost.Runtime/Control/Server/ControlLog.cs", true)]
    [InlineData("TacHost.Dns/DnsLog.cs", "TacHost.Services/ServiceLog.cs", true)]
    [InlineData("TacHost.Processes/ProcessesLog.cs", "TacHost.Processes/Inetd/InetdLog.cs", true)]
    [InlineData("TacHost.Processes/ProcMon/ProcMonLog.cs", "TacHost.Processes/Inetd/InetdLog.cs", false)]
    [InlineData("TacHost.Dns/DnsLog.cs", "TacHost.Web/WebLog.cs", false)]
    public void ShareACategory_OfTwoClasses_IsTrueForOneHostOrService(string one, string other, bool expected)
    {
        Assert.Equal(expected, ShareACategory(one, other));
        Assert.Equal(expected, ShareACategory(other, one));
    }

    /// <summary>
    /// Returns true for two classes of the host, for two of which one is in the folder of the other or below it, and for one of TacHost.Services,
    /// because the category of a service has the messages of its base classes too.
    /// </summary>
    private static bool ShareACategory(string one, string other)
    {
        var (folder, otherFolder) = ($"{Path.GetDirectoryName(one)}/", $"{Path.GetDirectoryName(other)}/");
        return folder.StartsWith(otherFolder, StringComparison.Ordinal) || otherFolder.StartsWith(folder, StringComparison.Ordinal)
            || (IsOfHost(one) && IsOfHost(other)) || IsOf("TacHost.Services/");

        bool IsOf(string project) => folder.StartsWith(project, StringComparison.Ordinal) || otherFolder.StartsWith(project, StringComparison.Ordinal);

        static bool IsOfHost(string file) => file.StartsWith("TacHost.Runtime/", StringComparison.Ordinal) || file.StartsWith("TacHost.Cluster/", StringComparison.Ordinal);
    }

    [GeneratedRegex("""(LoggerMessage\((EventId = )?|LogMessage\.\w+\(\w+, )(?<number>\d+),""")]
    private static partial Regex Number();
}
