using TacHost.TestSupport.Settings;

namespace TacHost.Telnet.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Settings_All_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(TelnetServer).Assembly, new Dictionary<string, SettingLimit>
    {
        ["TelnetServer.LineTimeout"] = SettingLimits.Timeout,
        ["TelnetServer.LoginDelay"] = new([TimeSpan.Zero, TimeSpan.FromDays(1)], [TimeSpan.FromTicks(-1), TimeSpan.MaxValue]),
        ["TelnetServer.LongestOutput"] = SettingLimits.From(80),
    });

    [Fact]
    public void Options_OfThePlugin_RefuseWhatTheServerWould() => Assert.Equal(4, SettingLimits.AssertOptions(typeof(TelnetServer).Assembly));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Sessions_OutOfRange_AreRefused(int sessions) => Assert.Throws<ArgumentOutOfRangeException>(() => new TelnetServer(0, maxSessions: sessions));
}
