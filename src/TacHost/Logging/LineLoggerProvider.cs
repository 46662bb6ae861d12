using System.Buffers;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Makes lines of what is logged through Microsoft.Extensions.Logging, and hands them to a sink.</summary>
internal sealed class LineLoggerProvider(ILineFormat format, ILogSink sink, TimeProvider? clock = null) : ILoggerProvider
{
    private const int OrdinarySize = 64 * 1024;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The buffer of this thread, or null while it is in use: the text of a value may itself log.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public ILogger CreateLogger(string categoryName) => new CategoryLogger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(in LogEvent logEvent)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>();
        _buffer = null;
        buffer.ResetWrittenCount();
        format.Write(logEvent, buffer);
        sink.Write(new LogLine(logEvent.Time, logEvent.Level, buffer.WrittenSpan));
        if (buffer.Capacity <= OrdinarySize)
            _buffer = buffer;
    }

    private sealed class CategoryLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var time = provider._clock.GetLocalNow();
            try
            {
                provider.Write(new LogEvent(time, logLevel, category, eventId, formatter(state, exception), exception, state as IReadOnlyList<KeyValuePair<string, object?>>));
            }
            catch (Exception e)
            {
                // A value whose ToString throws is no reason for the service that logs it to fail.
                provider.Write(new LogEvent(time, logLevel, category, eventId, $"What was logged here cannot be shown, because making text of it threw {e.GetType().Name}: {e.Message}", null, null));
            }
        }
    }
}
