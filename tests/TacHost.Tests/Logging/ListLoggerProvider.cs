using Microsoft.Extensions.Logging;

namespace TacHost.Tests.Logging;

/// <summary>A provider as a user may write one: what it gets is added to a list that the process shares.</summary>
public sealed class ListLoggerProvider : ILoggerProvider
{
    /// <summary>The name of that list.</summary>
    public const string List = "TacHost.Tests.Logged";

    public ILogger CreateLogger(string categoryName) => new ListLogger(categoryName);

    public void Dispose() => Add("disposed");

    private static void Add(string text) => ((List<string>)AppContext.GetData(List)!).Add(text);

    private sealed class ListLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{category} {logLevel} {formatter(state, exception)}");
    }
}
