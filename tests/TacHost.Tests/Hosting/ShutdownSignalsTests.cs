using TacHost.Hosting;

namespace TacHost.Tests.Hosting;

public sealed class ShutdownSignalsTests
{
    private readonly List<(string Name, bool IsRepeated)> _heard = [];
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    public void Signal_WithinASecondOfTheFirst_IsTheSameRequest(string second)
    {
        using ShutdownSignals signals = new((name, isRepeated) => _heard.Add((name, isRepeated)), _clock);
        signals.Receive("SIGTERM");
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        signals.Receive(second);

        Assert.Equal([("SIGTERM", false)], _heard);
        Assert.True(signals.Requested.IsCancellationRequested);
        Assert.False(signals.Repeated.IsCancellationRequested);
        Assert.Equal(143, signals.ExitCode);
    }

    [Fact]
    public void Signal_ASecondAfterTheFirst_IsARequestToStopWaiting()
    {
        using ShutdownSignals signals = new((name, isRepeated) => _heard.Add((name, isRepeated)), _clock);
        signals.Receive("SIGINT");
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        signals.Receive("SIGINT");
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        signals.Receive("SIGTERM");

        Assert.Equal([("SIGINT", false), ("SIGTERM", true)], _heard);
        Assert.True(signals.Repeated.IsCancellationRequested);
        Assert.Equal(130, signals.ExitCode);
    }
}
