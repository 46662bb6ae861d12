using TacHost.Fleet;

namespace TacHost.Tests.Fleet;

public sealed class FleetLogsTests
{
    [Fact]
    public void Merged_OfSeveralLogs_SortsByTimeAndKeepsLinesWithoutATimeBehindTheirPredecessor()
    {
        (string, string)[] events =
        [
            ("a", "2026-11-28T10:00:01+0000 [-] one"), ("a", "no time"), ("a", "2026-11-28T10:00:05+0000 [-] five"),
            ("b", "2026-11-28T12:00:02+0200 [-] two"), ("b", """{"timestamp":"2026-11-28T10:00:03Z","message":"three"}"""),
        ];

        Assert.Equal(["one", "no time", "two", "three", "five"], FleetLogs.Merged(events).Select(each => each.Line.StartsWith('{') ? "three" : each.Line.Split(']', 2)[^1].Trim()));
    }
}
