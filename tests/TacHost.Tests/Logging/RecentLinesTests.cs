using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class RecentLinesTests
{
    [Fact]
    public void Add_BeyondTheNumberAndTheSize_ForgetsTheOldest()
    {
        RecentLines recent = new();
        for (var i = 0; i < 1500; i++)
            recent.Add(Event(), "x\n"u8);

        Assert.Equal((501, 1500), (recent.After(0)[0].Number, recent.After(0)[^1].Number));
        Assert.Equal([1499L, 1500L], recent.After(1498).Select(line => line.Number));
        for (var i = 0; i < 10; i++)
            recent.Add(Event(), new byte[100 * 1024]);
        Assert.Equal([1509L, 1510L], recent.After(0).Select(line => line.Number));
        recent.Add(Event(), new byte[1024 * 1024]);
        Assert.Equal(1511, Assert.Single(recent.After(0)).Number);
    }

    [Fact]
    public void Add_WithoutATimeInTheLine_AddsItAsTheOtherTargetsDo()
    {
        RecentLines recent = new(addsTime: true);
        var offset = new TimeSpan(-3, -30, 0); // as in Newfoundland
        recent.Add(Event() with { Time = new DateTimeOffset(2026, 11, 5, 3, 4, 9, offset) }, "[-] x\n"u8);

        Assert.Equal("2026-11-05T03:04:09-0330 [-] x", Assert.Single(recent.After(0)).Text);
    }

    private static LogEvent Event() => new(default, LogLevel.Information, "poems", default, "x", null, null);
}
