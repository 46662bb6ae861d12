using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Tests.Logging;

public sealed class LogOptionsMergeTests
{
    private static readonly LogFileOptions _asked = new() { Path = "tac.log", MaxSize = 5, Keep = 6, KeepFor = TimeSpan.FromDays(7), Interval = LogInterval.Week };

    [Fact]
    public void With_NothingOnTheCommandLine_IsAsTheTacAsks()
    {
        var options = new LogOptions { File = "/run/tachost.log" }.With(_asked, path => "/base/" + path);
        Assert.Equal(("/base/tac.log", 5, 6, TimeSpan.FromDays(7), LogPeriod.Week), (options.File, options.FileSize, options.FilesKept, options.LongestAge, options.Period));
    }

    [Fact]
    public void With_AllOnTheCommandLine_IsAsThatSays()
    {
        LogOptions said = new() { File = "/var/log/x.log", IsChosen = true, FileSize = 0, FilesKept = 0, LongestAge = TimeSpan.Zero, Period = LogPeriod.Hour };
        Assert.Equal(said, said.With(_asked, path => "/base/" + path));
    }

    [Fact]
    public void With_NothingInTheTac_ChangesNothing()
    {
        LogOptions said = new() { File = "/run/tachost.log" };
        Assert.Equal(said, said.With(new LogFileOptions(), path => path));
    }

    [Theory]
    [InlineData(LogInterval.Hour, "Hour")]
    [InlineData(LogInterval.Day, "Day")]
    [InlineData(LogInterval.Week, "Week")]
    [InlineData(LogInterval.Month, "Month")]
    public void With_Interval_IsThatPeriod(LogInterval interval, string period) =>
        Assert.Equal(period, new LogOptions().With(new LogFileOptions { Interval = interval }, path => path).Period.ToString());

    [Fact]
    public void Options_BadValues_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogFileOptions { MaxSize = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogFileOptions { Keep = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogFileOptions { KeepFor = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentNullException>(() => new Application("x") { LogFile = null! });
    }
}
