using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace TacHost.Logging;

/// <summary>Hands what is logged through Microsoft.Extensions.Logging to a Serilog sink, with the text as its logger made it.</summary>
internal sealed class SinkProvider(ILogEventSink sink) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new CategoryLogger(sink, categoryName);

    public void Dispose()
    {
    }

    /// <summary>An event whose text is final.</summary>
    public static LogEvent Event(LogLevel level, string category, string text, Exception? exception) =>
        new(DateTimeOffset.Now, Level(level), exception, new MessageTemplate(text, [new TextToken(text)]), [new LogEventProperty(LineFormatter.Category, new ScalarValue(category))]);

    private static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    private sealed class CategoryLogger(ILogEventSink sink, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            sink.Emit(Event(logLevel, category, formatter(state, exception), exception));
    }
}
