using Microsoft.Extensions.Logging;

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
    public void LoggerFactory_WithoutALogForLong_KeepsNoMoreThanAThousandLines()
    {
        Application application = new("site");
        var early = application.LoggerFactory.CreateLogger("poller");
        for (var i = 0; i < 3_000; i++)
            Say(early, $"{i}");
        Assert.False(early.IsEnabled(LogLevel.Critical));
        using CollectingLoggerFactory log = new();
        application.LoggerFactory = log;
        Assert.Equal(1_000, log.Lines.Count);
    }

    private static void Say(ILogger logger, string text) => logger.Log(LogLevel.Information, default, text, null, static (state, _) => state);
}
