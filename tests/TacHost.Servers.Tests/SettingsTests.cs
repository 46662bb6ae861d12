using TacHost.Dns;
using TacHost.Ftp;
using TacHost.Processes.ProcMon;
using TacHost.Proxies.Socks;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.TestSupport.Settings;

namespace TacHost.Servers.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Settings_OfTheContract_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(Service).Assembly, new Dictionary<string, SettingLimit>
    {
        ["Application.Epoch"] = new([0L, long.MaxValue], [-1L, long.MinValue]),
        ["Application.ExitCode"] = new([0, 255], [-1, 256, int.MaxValue]),
        ["Application.Gid"] = SettingLimits.From(0),
        ["Application.Uid"] = SettingLimits.From(0),
        ["Backoff.Factor"] = new([1.0, double.MaxValue], [0.0, -1.0, 0.9, double.NaN, double.PositiveInfinity]),
        ["Backoff.InitialDelay"] = SettingLimits.Delay,
        ["Backoff.MaxDelay"] = SettingLimits.Delay,
        ["Backoff.ResetAfter"] = SettingLimits.Age,
        ["ConnectionLimits.MaxConnections"] = SettingLimits.From(1),
        ["ConnectionLimits.MaxConnectionsPerAddress"] = SettingLimits.From(1),
        ["ConnectionLimits.IdleTimeout"] = SettingLimits.Timeout,
        ["LengthPrefixedProtocol.MaxLength"] = SettingLimits.From(0),
        ["LineProtocol.MaxLength"] = SettingLimits.From(0),
        ["LogFileOptions.Keep"] = SettingLimits.From(0),
        ["LogFileOptions.KeepFor"] = SettingLimits.Age,
        ["LogFileOptions.MaxSize"] = new([0L, long.MaxValue], [-1L, long.MinValue]),
        ["NetstringProtocol.MaxLength"] = SettingLimits.From(0),
        ["Supervisor.StopTimeout"] = SettingLimits.Delay,
        ["TlsOptions.HandshakeTimeout"] = SettingLimits.Timeout,
    });

    [Fact]
    public void Settings_OfDns_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(DnsServer).Assembly, new Dictionary<string, SettingLimit>
    {
        ["DnsOptions.CacheSize"] = new([0L, long.MaxValue], [-1L, long.MinValue]),
        ["DnsOptions.Timeout"] = SettingLimits.Timeout,
    });

    [Fact]
    public void Settings_OfFtp_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(FtpServer).Assembly, new Dictionary<string, SettingLimit>
    {
        ["FtpServer.IdleTimeout"] = SettingLimits.Timeout,
        ["FtpServer.MaxSessions"] = SettingLimits.From(1),
        ["FtpServer.MaxSessionsPerAddress"] = SettingLimits.From(1),
        ["FtpServer.StallTimeout"] = SettingLimits.Timeout,
    });

    [Fact]
    public void Settings_OfProcesses_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(ProcessMonitor).Assembly, new Dictionary<string, SettingLimit>
    {
        ["InetdOptions.KillTime"] = SettingLimits.Delay,
        ["InetdOptions.MaxPerMinute"] = SettingLimits.From(0),
        ["InetdService.MaxConnections"] = SettingLimits.From(1),
        ["InetdService.MaxPerAddress"] = SettingLimits.From(1),
        ["InetdService.MaxPerMinute"] = SettingLimits.From(0),
        ["InetdService.MaxPerMinuteAndAddress"] = SettingLimits.From(1),
        ["ProcessCommand.MaxFailures"] = SettingLimits.From(1),
        ["ProcessMonitor.KillTime"] = SettingLimits.Delay,
        ["ProcessMonitor.MaxLineLength"] = SettingLimits.From(2),
        ["ProcessMonitor.MaxRestartDelay"] = SettingLimits.Timeout,
        ["ProcessMonitor.MinRestartDelay"] = SettingLimits.Timeout,
        ["ProcessMonitor.Threshold"] = SettingLimits.Age,
    });

    [Fact]
    public void Settings_OfProxies_RefuseWhatWouldHangOverflowOrBeIgnored() => SettingLimits.AssertAll(typeof(SocksServer).Assembly, new Dictionary<string, SettingLimit>
    {
        ["PortForwardOptions.ConnectTimeout"] = SettingLimits.Timeout,
        ["PortForwardOptions.RestTime"] = SettingLimits.Delay,
        ["SocksOptions.BindTimeout"] = SettingLimits.Timeout,
        ["SocksOptions.ConnectTimeout"] = SettingLimits.Timeout,
        ["SocksOptions.HandshakeTimeout"] = SettingLimits.Timeout,
    });

    [Theory]
    [InlineData(typeof(DnsServer), 2)]
    [InlineData(typeof(FtpServer), 3)]
    [InlineData(typeof(ProcessMonitor), 3)]
    [InlineData(typeof(SocksServer), 3)]
    public void Options_OfThePlugins_RefuseWhatTheServersWould(Type server, int least) => Assert.InRange(SettingLimits.AssertOptions(server.Assembly), least, 100);

    [Fact]
    public void Jitter_NegativeOrHuge_IsATimeThatATimerAccepts()
    {
        Assert.Equal(TimeSpan.Zero, new Backoff { Jitter = () => TimeSpan.FromDays(-1) }.DelayAfter(1));
        Assert.Equal(SettingLimits.LongestTimer, new Backoff { Jitter = () => TimeSpan.MaxValue }.DelayAfter(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientEndpoint.Tcp("127.0.0.1", 1, TimeSpan.MaxValue));
    }
}
