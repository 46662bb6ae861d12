using System.Buffers;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Makes lines of what is logged through Microsoft.Extensions.Logging, and hands them to a sink.</summary>
/// <remarks>In place of that library's <see cref="LoggerFactory"/>, which every start would load for its many providers and filters to have one and none: 1 MB.</remarks>
internal sealed class LineLoggerFactory(ILineFormat format, ILogSink? sink, LogLevels? levels = null, TimeProvider? clock = null) : ILoggerFactory
{
    private const int OrdinarySize = 64 * 1024;

    private readonly LogLevels _levels = levels ?? new LogLevels(LogLevel.Trace, []);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Made when the first scope begins, which in most processes never does.</summary>
    private LoggerExternalScopeProvider? _scopes;

    /// <summary>The buffer of this thread, or null while it is in use: the text of a value may itself log.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Gets what remembers the last lines, or null. The sink may be null then.</summary>
    public RecentLines? Recent { get; init; }

    public ILogger CreateLogger(string categoryName) => new CategoryLogger(this, categoryName);

    /// <exception cref="NotSupportedException">Always: <c>--logger</c> names another one.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Where the log goes is up to whoever starts tachost; --logger names a provider.");

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
                // A value whose ToString throws is no reason for the service that logs it to fail.
                factory.Write(new LogEvent(time, logLevel, category, eventId, $"What was logged here cannot be shown, because making text of it threw {e.GetType().Name}: {e.Message}", null, null));
            }
        }
    }
}
