using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The logger of the host itself, which also logs to a logger of the tac file, if there is one.</summary>
internal sealed class ForkedLogger(ILogger first) : ILogger
{
    private volatile ILogger? _second;

    /// <summary>Sets the second logger, or removes it.</summary>
    public void Fork(ILogger? second) => _second = second;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => first.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => first.IsEnabled(logLevel) || _second?.IsEnabled(logLevel) == true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        first.Log(logLevel, eventId, state, exception, formatter);
        _second?.Log(logLevel, eventId, state, exception, formatter);
    }
}
