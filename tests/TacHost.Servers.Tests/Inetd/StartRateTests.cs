using Microsoft.Extensions.Time.Testing;
using TacHost.Processes.Inetd;

namespace TacHost.Servers.Tests.Inetd;

public sealed class StartRateTests
{
    [Fact]
    public void TryStart_MoreThanMayBe_IsRefusedUntilTheMinuteIsOver()
    {
        FakeTimeProvider clock = new();
        StartRate rate = new(2, clock);
        Assert.True(rate.TryStart(out _, out _, out _));
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.True(rate.TryStart(out _, out _, out _));
        Assert.False(rate.TryStart(out var first, out var remaining, out _));
        Assert.Equal((true, TimeSpan.FromSeconds(10)), (first, remaining));
        Assert.False(rate.TryStart(out first, out _, out _));
        Assert.False(first);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(rate.TryStart(out _, out _, out var refused));
        Assert.Equal(2, refused);
        Assert.True(rate.TryStart(out _, out _, out refused));
        Assert.Equal(0, refused);
        Assert.False(rate.TryStart(out first, out _, out _));
        Assert.True(first);
    }

    [Fact]
    public void TryStart_NoLimit_IsNeverRefused()
    {
        StartRate rate = new(0, new FakeTimeProvider());
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(rate.TryStart(out var _, out var _, out var _)));
    }
}
