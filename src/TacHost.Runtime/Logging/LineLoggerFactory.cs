using System.Buffers;
using Microsoft.Extensions.Logging;
using TacHost.Services.Infrastructure;

namespace TacHost.Logging;

/// <summary>A factory of loggers that format events as lines and pass them to a sink.</summary>
/// <remarks>Replaces <see cref="LoggerFactory"/>, which every start would load with its support of multiple providers and filters: 1 MB.</remarks>
internal sealed class LineLoggerFactory(ILineFormat format, ILogSink? sink, LogLevels? levels = null, TimeProvider? clock = null) : ILoggerFactory
{
    private const int OrdinarySize = 64 * 1024;

    private volatile Target _target = new(format, sink);
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

    /// <summary>Sends further lines to another sink.</summary>
    public void Redirect(ILineFormat format, ILogSink sink) => _target = new Target(format, sink);

    private LoggerExternalScopeProvider Scopes => LazyInitializer.EnsureInitialized(ref _scopes);

    /// <summary>Returns the scopes of a line, and sets the time of one that was logged earlier.</summary>
    private List<object>? ScopesNow(ref DateTimeOffset time)
    {
        if (_scopes is null)
            return null;
        List<object> all = [];
        _scopes.ForEachScope(static (scope, all) => all.Add(scope!), all);
        if (all.Find(static scope => scope is EarlyLine) is EarlyLine early)
        {
            time = early.Time;
            all.Remove(early);
        }

        return all.Count == 0 ? null : all;
    }

    private void Write(in LogEvent logEvent)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>();
        _buffer = null;
        buffer.ResetWrittenCount();
        var target = _target;
        target.Format.Write(logEvent, buffer);
        target.Sink?.Write(new LogLine(logEvent.Time, logEvent.Level, buffer.WrittenSpan));
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
                var scopes = factory.ScopesNow(ref time);
                factory.Write(new LogEvent(time, logLevel, category, eventId, formatter(state, exception), exception, state as IReadOnlyList<KeyValuePair<string, object?>>, scopes));
            }
            catch (Exception e)
            {
                // A value whose ToString throws must not make the service fail that logs it.
                factory.Write(new LogEvent(time, logLevel, category, eventId, $"This log entry cannot be shown, because formatting it threw {e.GetType().Name}: {e.Message}", null, null));
            }
        }
    }

    private sealed record Target(ILineFormat Format, ILogSink? Sink);
}
