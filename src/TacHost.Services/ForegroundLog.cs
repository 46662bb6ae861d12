using System.Globalization;
using Microsoft.Extensions.Logging;

namespace TacHost.Services;

/// <summary>The log of a run without the host: lines on standard output, in the format of the host's log, and the providers of the application.</summary>
internal sealed class ForegroundLog(IList<ILoggerProvider> providers, TimeProvider clock) : ILoggerFactory
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName, [.. providers.Select(provider => provider.CreateLogger(categoryName))]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => providers.Add(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var provider in providers)
            provider.Dispose();
    }

    private void Write(string category, LogLevel level, string text)
    {
        var time = clock.GetLocalNow().ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture).Remove(22, 1);
        var line = $"{time} [{category}{(level == LogLevel.Information ? "" : $"#{level.ToString().ToLowerInvariant()}")}] {text.TrimEnd('\n').Replace("\n", "\n\t", StringComparison.Ordinal)}";
        lock (_gate)
            Console.Out.WriteLine(line);
    }

    private sealed class Lines(ForegroundLog log, string category, IReadOnlyList<ILogger> others) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None || others.Any(other => other.IsEnabled(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel is >= LogLevel.Information and < LogLevel.None)
                log.Write(category, logLevel, exception is null ? formatter(state, exception) : $"{formatter(state, exception)}\n{exception}");
            foreach (var other in others)
                other.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
