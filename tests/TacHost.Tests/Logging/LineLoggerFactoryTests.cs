using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class LineLoggerFactoryTests
{
    private readonly RecordingSink _sink = new();

    private ILogger Logger => new LineLoggerFactory(new TextFormat(withTime: false), _sink).CreateLogger("poems");

    [Fact]
    public void Log_ValueThatThrows_IsSaidAndNotThrown()
    {
        Log<object?>(null, _ => throw new InvalidOperationException("no text"));
        Assert.Equal(["[poems] What was logged here cannot be shown, because making text of it threw InvalidOperationException: no text\n"], _sink.Texts);
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
