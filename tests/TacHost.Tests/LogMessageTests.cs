using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Logging;
using TacHost.Tests.Logging;

namespace TacHost.Tests;

public sealed partial class LogMessageTests
{
    private readonly RecordingLogger _logger = new();

    [Fact]
    public void Information_Values_AreWhatAGeneratedMessageLogs()
    {
        IPEndPoint peer = new(IPAddress.Loopback, 80);
        Generated(_logger, -1234567, peer, null);
        LogMessage.Information(_logger, 7, "{Count} bytes to {Peer}, {Nothing}.", [-1234567, peer, null], nameof(Generated));
        Assert.Equal(2, _logger.Logged.Count);
        Assert.Equal(_logger.Logged[0].Text, _logger.Logged[1].Text);
        Assert.Equal(_logger.Logged[0].Id, _logger.Logged[1].Id);
        Assert.Equal(_logger.Logged[0].Id.Name, _logger.Logged[1].Id.Name);
        Assert.Equal(_logger.Logged[0].Values, _logger.Logged[1].Values);
    }

    [Fact]
    public void Text_CultureOfThePlace_ChangesNothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            LogMessage.Information(_logger, 1, "{Seconds} s", [0.5]);
            Assert.Equal("0.5 s", Assert.Single(_logger.Logged).Text);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Information_LevelSwitchedOff_LogsNothing()
    {
        var sink = new RecordingSink();
        using LineLoggerFactory loggers = new(new TextLogFormat(withTime: false), sink, new LogLevels(LogLevel.Warning, []));
        LogMessage.Information(loggers.CreateLogger("a"), 1, "text", []);
        Generated(loggers.CreateLogger("a"), 1, new IPEndPoint(IPAddress.Any, 1), null);
        loggers.CreateLogger("a").Log(LogLevel.None, 1, "text", null, (text, _) => text);
        Assert.Empty(sink.Texts);
        loggers.CreateLogger("a").Log(LogLevel.Warning, 1, "text", null, (text, _) => text);
        Assert.Equal(["[a#warn] text\n"], sink.Texts);
    }

    [LoggerMessage(7, LogLevel.Information, "{Count} bytes to {Peer}, {Nothing}.")]
    private static partial void Generated(ILogger logger, int count, EndPoint peer, string? nothing);

    private sealed class RecordingLogger : ILogger
    {
        public List<(EventId Id, string Text, List<KeyValuePair<string, object?>> Values)> Logged { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = Assert.IsAssignableFrom<IReadOnlyList<KeyValuePair<string, object?>>>(state);
            Logged.Add((eventId, formatter(state, exception), [.. values]));
        }
    }
}
