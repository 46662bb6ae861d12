using System.Globalization;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class LineLoggerFactoryTests
{
    private readonly RecordingSink _sink = new();

    private ILogger Logger => new LineLoggerFactory(new TextLogFormat(withTime: false), _sink).CreateLogger("poems");

    [Fact]
    public void Log_ValueThatThrows_IsSaidAndNotThrown()
    {
        Log<object?>(null, _ => throw new InvalidOperationException("no text"));
        Assert.Equal(["[poems] This log entry cannot be shown, because formatting it threw InvalidOperationException: no text\n"], _sink.Texts);
    }

    [Fact]
    public void Log_WhileMakingText_BothLinesAreWhole()
    {
        Log("outer", _ =>
        {
            Log("inner", text => text);
            return "outer";
        });
        Assert.Equal(["[poems] inner\n", "[poems] outer\n"], _sink.Texts);
    }

    [Fact]
    public void Log_WhileTheLineIsBegun_BothLinesAreWhole()
    {
        var exception = new LoggingException(() => Log("inner", text => text));
        Logger.Log(LogLevel.Information, default, "outer", exception, (text, _) => text);
        Assert.Equal(["[poems] inner\n", "[poems] outer\n\tfailed\n"], _sink.Texts);
    }

    [Fact]
    public void Log_OfALineFromBeforeTheLog_HasItsOwnTime()
    {
        TestClock clock = new();
        clock.SetUtcNow(TimeProvider.System.GetUtcNow().AddDays(2));
        Services.Application application = new("site");
        var early = application.LoggerFactory.CreateLogger("poems");
        early.Log(LogLevel.Information, default, "early", null, static (text, _) => text);
        application.LoggerFactory = new LineLoggerFactory(new TextLogFormat(), _sink, clock: clock);
        early.Log(LogLevel.Information, default, "late", null, static (text, _) => text);
        var days = _sink.Texts.Select(text => DateTime.Parse(text[..10], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, days.Count);
        Assert.InRange((days[1] - days[0]).TotalDays, 1, 3);
    }

    private void Log<T>(T state, Func<T, string> text) => Logger.Log(LogLevel.Information, default, state, null, (value, _) => text(value));

    private sealed class LoggingException(Action log) : Exception
    {
        public override string ToString()
        {
            log();
            return "failed";
        }
    }
}
