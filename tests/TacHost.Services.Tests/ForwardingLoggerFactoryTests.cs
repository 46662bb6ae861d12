using Microsoft.Extensions.Logging;
using TacHost.Services.Infrastructure;

namespace TacHost.Services.Tests;

public sealed class ForwardingLoggerFactoryTests
{
    [Fact]
    public void LoggerFactory_LoggersMadeBeforeThereIsALog_ForwardWhatTheySaidAndSay()
    {
        Application application = new("site");
        var early = application.LoggerFactory.CreateLogger("Microsoft.Poller");
        Say(early, "before");
        Assert.False(application.HasLoggerFactory);
        using CollectingLoggerFactory log = new();
        application.LoggerFactory = log;
        Say(early, "after");
        Assert.True(application.HasLoggerFactory);
        Assert.Same(log, application.LoggerFactory);
        Assert.Equal([("Microsoft.Poller", "before"), ("Microsoft.Poller", "after")], log.Lines.Select(line => (line.Category, line.Text)));
    }

    [Fact]
    public void LoggerFactory_ChangedAgain_TakesEarlyLoggersAlong()
    {
        Application application = new("site");
        var early = application.LoggerFactory.CreateLogger("poller");
        using CollectingLoggerFactory first = new();
        using CollectingLoggerFactory second = new();
        application.LoggerFactory = first;
        Say(early, "one");
        application.LoggerFactory = second;
        Say(early, "two");
        Assert.Equal(["one"], first.Lines.Select(line => line.Text));
        Assert.Equal(["two"], second.Lines.Select(line => line.Text));
    }

    [Fact]
    public void LoggerFactory_WithoutALogForLong_KeepsAThousandLinesAndTellsTheRest()
    {
        Application application = new("site");
        var early = application.LoggerFactory.CreateLogger("poller");
        for (var i = 0; i < 3_000; i++)
            Say(early, $"{i}");
        Assert.False(early.IsEnabled(LogLevel.Debug));
        using CollectingLoggerFactory log = new();
        application.LoggerFactory = log;
        Assert.Equal(1_001, log.Lines.Count);
        Assert.Equal("Dropped 2000 lines from before the start, which were more than 1000.", log.Lines.Last().Text);
    }

    [Fact]
    public void LoggerFactory_EarlyLineInScopes_HasThemAndItsTime()
    {
        Application application = new("site");
        var early = application.LoggerFactory.CreateLogger("poller");
        using (early.BeginScope("outer"))
        using (early.BeginScope("inner"))
            Say(early, "before");
        Say(early, "outside");
        var latest = TimeProvider.System.GetLocalNow();
        using ScopedLog log = new();
        application.LoggerFactory = log;
        Say(early, "after");
        Assert.Equal(["before outer inner", "outside", "after"], log.Lines.Select(line => string.Join(' ', line.Scopes.Where(scope => scope is not EarlyLine).Prepend(line.Text))));
        Assert.InRange(Assert.IsType<EarlyLine>(log.Lines[0].Scopes[0]).Time, latest.AddMinutes(-1), latest);
        Assert.Empty(log.Lines[2].Scopes);
    }

    private static void Say(ILogger logger, string text) => logger.Log(LogLevel.Information, default, text, null, static (state, _) => state);

    /// <summary>A log whose lines have their scopes, the outermost first.</summary>
    private sealed class ScopedLog : ILoggerFactory, ILogger
    {
        private readonly LoggerExternalScopeProvider _scopes = new();

        public List<(string Text, List<object?> Scopes)> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes.Push(state);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<object?> scopes = [];
            _scopes.ForEachScope(static (scope, all) => all.Add(scope), scopes);
            Lines.Add((formatter(state, exception), scopes));
        }

        public void Dispose()
        {
        }
    }
}
