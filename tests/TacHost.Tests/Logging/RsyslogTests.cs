using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed partial class RsyslogTests
{
    [Theory]
    [InlineData("local", " ")]
    [InlineData("udp", "")]
    [InlineData("tcp", "")]
    public async Task Open_RealRsyslog_UnderstandsFacilitySeverityTagAndText(string transport, string space)
    {
        using var rsyslog = await RsyslogDaemon.StartOrSkipAsync();
        var target = transport == "local" ? rsyslog.SocketPath : $"{transport}://127.0.0.1:{rsyslog.Port}";
        using (var log = LogOutput.Open(new LogOptions { Syslog = SyslogOptions.Parse(target, "poet", "local3"), MinimumLevel = LogLevel.Debug }))
        {
            var logger = log.Factory.CreateLogger("poems");
            Detail(logger, "an octave");
            Sending(logger, 3003);
            Slow(logger, "first\nsecond");
            Failed(logger, "ecstasy.txt");
            Gone(logger);
        }

        var sender = $"poet|{Environment.ProcessId}|{space}";
        Assert.Equal(
            [
                $"local3|debug|{sender}[poems#debug] Detail an octave",
                $"local3|info|{sender}[poems] Sending 3003 bytes, 詩",
                $"local3|warning|{sender}[poems#warn] Slow: first",
                $"local3|warning|{sender}#011second",
                $"local3|err|{sender}[poems#error] No ecstasy.txt",
                $"local3|crit|{sender}[poems#critical] Gone",
            ],
            await rsyslog.ReceivedAsync(6));
    }

    [LoggerMessage(1, LogLevel.Debug, "Detail {What}")]
    private static partial void Detail(ILogger logger, string what);

    [LoggerMessage(2, LogLevel.Information, "Sending {Bytes} bytes, 詩")]
    private static partial void Sending(ILogger logger, int bytes);

    [LoggerMessage(3, LogLevel.Warning, "Slow: {What}")]
    private static partial void Slow(ILogger logger, string what);

    [LoggerMessage(4, LogLevel.Error, "No {File}")]
    private static partial void Failed(ILogger logger, string file);

    [LoggerMessage(5, LogLevel.Critical, "Gone")]
    private static partial void Gone(ILogger logger);
}
