using System.Buffers;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>A factory of loggers that format events as lines and pass them to a sink.</summary>
/// <remarks>Replaces <see cref="LoggerFactory"/>, which every start would load with its support of multiple providers and filters: 1 MB.</remarks>
internal sealed class LineLoggerFactory(ILineFormat format, ILogSink? sink, LogLevels? levels = null, TimeProvider? clock = null) : ILoggerFactory
{
    private const int OrdinarySize = 64 * 1024;

    private readonly LogLevels _levels = levels ?? new LogLevels(LogLevel.Trace, []);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Created with the first scope, which most processes never use.</summary>
    private LoggerExternalScopeProvider? _scopes;

    /// <summary>The buffer of this thread, or null while it is in use, because formatting a value may log recursively.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Gets what remembers the last lines, or null. The sink may be null then.</summary>
    public RecentLines? Recent { get; init; }

    public ILogger CreateLogger(string categoryName) => new CategoryLogger(this, categoryName);

    /// <exception cref="NotSupportedException">Always, because <c>--logger</c> specifies the provider.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The host owns the log destination. Use --logger to name a provider.");

    public void Dispose()
    {
    }

    private LoggerExternalScopeProvider Scopes => LazyInitializer.EnsureInitialized(ref _scopes);

    private List<object>? ScopesNow()
    {
        if (_scopes is null)
            return null;
        List<object> all = [];
        _scopes.ForEachScope(static (scope, all) => all.Add(scope!), all);
        return all.Count == 0 ? null : all;
    }

    private void Write(in LogEvent logEvent)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>();
        _buffer = null;
        buffer.ResetWrittenCount();
        format.Write(logEvent, buffer);
        sink?.Write(new LogLine(logEvent.Time, logEvent.Level, buffer.WrittenSpan));
        Recent?.Add(logEvent, buffer.WrittenSpan);
        if (buffer.Capacity <= OrdinarySize)
            _buffer = buffer;
    }

    private sealed class CategoryLogger(LineLoggerFactory factory, string category) : ILogger
    {
        private readonly LogLevels.CategoryLevel _level = factory._levels.Of(category);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => factory.Scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _level.Level && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var time = factory._clock.GetLocalNow();
            try
            {
                factory.Write(new LogEvent(time, logLevel, category, eventId, formatter(state, exception), exception, state as IReadOnlyList<KeyValuePair<string, object?>>, factory.ScopesNow()));
            }
            catch (Exception e)
            {
                // A value whose ToString throws must not make the service fail that logs it.
                factory.Write(new LogEvent(time, logLevel, category, eventId, $"What was logged here cannot be shown, because making text of it threw {e.GetType().Name}: {e.Message}", null, null));
            }
        }
    }
}
