using System.Threading.Channels;

namespace TacHost.Services.Tests;

public sealed class TimerServiceTests
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(10);

    private readonly TestClock _clock = new();
    private readonly Channel<TimeSpan> _calls = Channel.CreateUnbounded<TimeSpan>();
    private readonly DateTimeOffset _start;

    public TimerServiceTests() => _start = _clock.GetUtcNow();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_Started_CallsAtOnceAndThenOnTheGrid()
    {
        TimerService timer = new(_step, Note) { TimeProvider = _clock };
        await timer.StartAsync(Token);
        Assert.Equal(TimeSpan.Zero, await NextAsync());
        for (var round = 1; round <= 3; round++)
        {
            await _clock.WaitsForAsync(_step).Soon();
            _clock.Advance(_step);
            Assert.Equal(_step * round, await NextAsync());
        }

        await timer.StopAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task ExecuteAsync_CallThatTakesLonger_SkipsTheMissedTicksAndStaysOnTheGrid()
    {
        Gate gate = new();
        TimerService timer = new(
            _step,
            async token =>
            {
                Note();
                await gate.PassAsync(token);
            })
        { TimeProvider = _clock };
        await timer.StartAsync(Token);
        await NextAsync();
        _clock.Advance(TimeSpan.FromSeconds(34));
        Assert.False(_calls.Reader.TryPeek(out _));
        gate.Release();
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(6)).Soon();
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(TimeSpan.FromSeconds(40), await NextAsync());
        await timer.StopAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task ExecuteAsync_CallThatTakesExactlyAStep_WaitsForTheNext()
    {
        Gate gate = new();
        TimerService timer = new(_step, token => gate.PassAsync(token)) { TimeProvider = _clock };
        await timer.StartAsync(Token);
        await gate.Reached.Soon();
        _clock.Advance(_step);
        gate.Release();
        await _clock.WaitsForAsync(_step).Soon();
        await timer.StopAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task StopAsync_DuringACall_WaitsForIt()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TimerService timer = new(
            _step,
            async _ =>
            {
                begun.SetResult();
                await end.Task;
                Note();
            })
        { TimeProvider = _clock };
        await timer.StartAsync(Token);
        await begun.Task.Soon();
        var stop = timer.StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        end.SetResult();
        await stop.Soon();
        Assert.True(_calls.Reader.TryRead(out _));
        Assert.Equal(ServiceState.Stopped, timer.State);
    }

    [Fact]
    public async Task ExecuteAsync_FailingCall_IsTheFailureOfTheServiceAndTheLast()
    {
        Application application = new("test");
        TimerService timer = new(_step, () =>
        {
            Note();
            throw new InvalidTimeZoneException("broken");
        })
        { TimeProvider = _clock };
        timer.SetServiceParent(application);
        await application.StartAsync(Token);
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal("broken", failure.InnerException?.Message);
        Assert.Equal(ServiceState.Failed, timer.State);
        _clock.Advance(_step * 3);
        await application.StopAsync(CancellationToken.None).Soon();
        Assert.Single(await AllAsync());
    }

    [Fact]
    public async Task StartAsync_AgainAfterAStop_BeginsANewGrid()
    {
        TimerService timer = new(_step, Note) { TimeProvider = _clock };
        for (var round = 0; round < 3; round++)
        {
            await timer.StartAsync(Token);
            Assert.Equal(TimeSpan.FromSeconds(3 * round), await NextAsync());
            await _clock.WaitsForAsync(_step).Soon();
            await timer.StopAsync(CancellationToken.None).Soon();
            _clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Fact]
    public async Task ExecuteAsync_SystemClock_Ticks()
    {
        TimerService timer = new(TimeSpan.FromMilliseconds(5), Note);
        await timer.StartAsync(Token);
        for (var round = 0; round < 5; round++)
            await NextAsync();
        await timer.StopAsync(CancellationToken.None).Soon();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_StepNotAboveZero_Throws(int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimerService(TimeSpan.FromSeconds(seconds), Note));

    private void Note() => _calls.Writer.TryWrite(_clock.GetUtcNow() - _start);

    private Task<TimeSpan> NextAsync() => _calls.Reader.ReadAsync(Token).AsTask().Soon();

    private async Task<List<TimeSpan>> AllAsync()
    {
        _calls.Writer.Complete();
        return await _calls.Reader.ReadAllAsync(Token).ToListAsync(Token);
    }
}
