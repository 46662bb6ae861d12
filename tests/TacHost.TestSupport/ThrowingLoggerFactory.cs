using Microsoft.Extensions.Logging;

namespace TacHost.TestSupport;

/// <summary>A log that cannot be written to when there is an error to tell.</summary>
public sealed class ThrowingLoggerFactory : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
            throw new IOException("The disk is full.");
    }

    public void Dispose()
    {
    }
}
