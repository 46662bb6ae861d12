using TacHost.Services;

namespace TacHost.Testing.Tests;

public sealed class TestClockTests
{
    [Fact]
    public async Task Advance_AfterATimerWaits_RunsIt()
    {
        TestClock clock = new();
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        TimerService timer = new(TimeSpan.FromHours(1), () =>
        {
            if (++calls == 2)
                called.SetResult();
        })
        { TimeProvider = clock };
        await timer.StartAsync(TestContext.Current.CancellationToken).Soon();
        await clock.WaitsForAsync(TimeSpan.FromHours(1)).Soon();
        clock.Advance(TimeSpan.FromHours(1));
        await called.Task.Soon();
        await timer.StopAsync(TestContext.Current.CancellationToken).Soon();
    }
}
