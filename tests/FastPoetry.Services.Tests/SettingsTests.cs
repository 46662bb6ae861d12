using TacHost.TestSupport.Settings;

namespace FastPoetry.Services.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Settings_All_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(PoetryService).Assembly, new Dictionary<string, SettingLimit>
    {
        ["PoetryClient.LongestPoem"] = SettingLimits.From(0),
        ["PoetryClient.Timeout"] = SettingLimits.Timeout,
        ["PoetryProxy.MaxAge"] = new([TimeSpan.Zero, Timeout.InfiniteTimeSpan, TimeSpan.MaxValue], [TimeSpan.FromTicks(-1), TimeSpan.MinValue]),
        ["PoetryProxy.RetryAfter"] = SettingLimits.Age,
        ["SlowPoetryFactory.Delay"] = SettingLimits.Timeout,
        ["SlowPoetryFactory.NumBytes"] = SettingLimits.From(1),
        ["TransformFactory.MaxLength"] = SettingLimits.From(1),
    });

    [Fact]
    public void Options_OfThePlugins_RefuseWhatTheServersWould() => Assert.InRange(SettingLimits.AssertOptions(typeof(PoetryService).Assembly), 3, 20);
}
