using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TacHost.Services.Infrastructure;

namespace TacHost.Services;

/// <summary>The loggers of an application that has no log yet: they keep lines, with their times and scopes, until there is one, and forward to it from then on.</summary>
internal sealed class ForwardingLoggerFactory : ILoggerFactory
{
    /// <summary>An application without a host must not keep lines for ever.</summary>
    private const int MostLines = 1_000;

    /// <summary>The category of the host's own lines.</summary>
    private const string Category = "-";

    private readonly ConcurrentQueue<Action<ILoggerFactory>> _lines = new();
    private volatile ILoggerFactory? _target;
    private int _dropped;

    /// <summary>Created with the first early scope, which most processes never use.</summary>
    private LoggerExternalScopeProvider? _scopes;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new ForwardingLogger(this, categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Add the provider to the LoggerProviders of the application.");

    /// <summary>Does nothing: a container that was given the factory disposes it with everything else.</summary>
    public void Dispose()
    {
    }

    /// <summary>Forwards to a factory from now on, beginning with the lines that were kept.</summary>
    public void ForwardTo(ILoggerFactory target)
    {
        _target = target;
        while (_lines.TryDequeue(out var line))
            line(target);
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            ServiceLog.EarlyLinesDropped(target.CreateLogger(Category), dropped, MostLines);
    }

    /// <summary>Returns the scopes for a line of now, the outermost first.</summary>
    private List<object> ScopesNow()
    {
        List<object> scopes = [new EarlyLine(TimeProvider.System.GetLocalNow())];
        _scopes?.ForEachScope(static (scope, all) => all.Add(scope!), scopes);
        return scopes;
    }

    private static void LogWithin(List<object> scopes, ILogger logger, Action<ILogger> log)
    {
        Stack<IDisposable?> entered = new(scopes.Count);
        try
        {
            foreach (var scope in scopes)
                entered.Push(logger.BeginScope(scope));
            log(logger);
        }
        finally
        {
            foreach (var scope in entered)
                scope?.Dispose();
        }
    }

    private sealed class ForwardingLogger(ForwardingLoggerFactory factory, string category) : ILogger
    {
        private volatile Made? _made;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => Target is { } target ? target.BeginScope(state) : LazyInitializer.EnsureInitialized(ref factory._scopes).Push(state);

        public bool IsEnabled(LogLevel logLevel) => Target is { } target ? target.IsEnabled(logLevel) : factory._lines.Count < MostLines || logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Target is { } target)
            {
                target.Log(logLevel, eventId, state, exception, formatter);
                return;
            }

            if (factory._lines.Count >= MostLines)
            {
                if (logLevel >= LogLevel.Information)
                    Interlocked.Increment(ref factory._dropped);
                return;
            }

            var scopes = factory.ScopesNow();
            factory._lines.Enqueue(to => LogWithin(scopes, to.CreateLogger(category), logger => logger.Log(logLevel, eventId, state, exception, formatter)));

            // A log may have been set just now, and no other call would empty the queue.
            if (factory._target is { } late)
                factory.ForwardTo(late);
        }

        private ILogger? Target
        {
            get
            {
                if (factory._target is not { } target)
                    return null;
                if (_made is not { } made || made.Factory != target)
                    _made = made = new Made(target, target.CreateLogger(category));
                return made.Logger;
            }
        }

        /// <summary>One object, so that threads see both together.</summary>
        private sealed record Made(ILoggerFactory Factory, ILogger Logger);
    }
}
