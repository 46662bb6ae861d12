using TacHost.Fleet;

namespace TacHost.Tests.Fleet;

public sealed class UnitRestartsTests
{
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();

    [Fact]
    public void AfterEnd_OfShortRuns_DoublesTheDelayAndGivesUpAtTheFifth()
    {
        UnitRestarts restarts = new(_clock);

        Assert.Equal([1, 2, 4, 8, null], Enumerable.Range(0, 5).Select(_ => restarts.AfterEnd(_short, ExitCode.Software)?.TotalSeconds));

        restarts.Clear();
        Assert.Equal(1, restarts.AfterEnd(_short, ExitCode.Software)?.TotalSeconds);
    }

    [Fact]
    public void AfterEnd_OfRunsThatAreFarApart_NeverGivesUpAndWaitsThreeMinutesAtMost()
    {
        UnitRestarts restarts = new(_clock);
        List<double?> delays = [];
        for (var i = 0; i < 12; i++)
        {
            delays.Add(restarts.AfterEnd(_short, null)?.TotalSeconds);
            _clock.Advance(TimeSpan.FromSeconds(61));
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 180, 180, 180, 180], delays);
        Assert.Equal(1, restarts.AfterEnd(TimeSpan.FromSeconds(10), null)?.TotalSeconds);
    }

    [Theory]
    [InlineData(ExitCode.Usage)]
    [InlineData(ExitCode.BadTac)]
    [InlineData(ExitCode.NoInput)]
    [InlineData(ExitCode.NoPermission)]
    public void AfterEnd_WithACodeThatARestartCannotMend_GivesUp(int exitCode) => Assert.Null(new UnitRestarts(_clock).AfterEnd(TimeSpan.FromHours(1), exitCode));
}
