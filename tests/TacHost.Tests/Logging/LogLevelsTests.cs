using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class LogLevelsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string LogPath => _directory["tachost.log"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("web", LogLevel.Information)]
    [InlineData("Microsoft.AspNetCore", LogLevel.Warning)]
    [InlineData("microsoft.aspnetcore.Routing", LogLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Debug)]
    [InlineData("Microsoft.AspNetCoreX", LogLevel.Information)]
    [InlineData("chat/TcpServer", LogLevel.None)]
    public void Of_Rules_TakesTheLongestThatCoversTheCategory(string category, LogLevel expected)
    {
        LogLevels levels = new(LogLevel.Information, [new("Microsoft.AspNetCore", LogLevel.Warning), new("Microsoft.AspNetCore.Hosting", LogLevel.Debug), new("chat", LogLevel.None)]);
        Assert.Equal(expected, levels.Of(category).Level);
        Assert.False(levels.IsEnabled(category, LogLevel.None));
        Assert.Equal(expected <= LogLevel.Warning, levels.IsEnabled(category, LogLevel.Warning));
    }

    [Fact]
    public void SetLevel_WhileLoggersAreInUse_HoldsFromTheNextLine()
    {
        using (var log = LogOutput.Open(new LogOptions { File = LogPath }))
        {
            var (chat, web) = (log.Factory.CreateLogger("chat/TcpServer"), log.Factory.CreateLogger("web"));
            Say(chat, LogLevel.Debug, "too early");
            log.Levels.SetLevel("chat", LogLevel.Debug);
            Say(chat, LogLevel.Debug, "talk");
            Say(web, LogLevel.Debug, "not the web");
            log.Levels.SetLevel("chat", null);
            log.Levels.SetLevel(null, LogLevel.Error);
            Say(chat, LogLevel.Warning, "too little");
            Say(web, LogLevel.Error, "serious");
        }

        Assert.Equal(["talk", "serious"], File.ReadAllLines(LogPath).Select(line => line.Split("] ")[^1]));
    }

    [Fact]
    public void SetLevel_WithProvidersOfTheTac_HoldsForThemToo()
    {
        using CollectingLoggerFactory collecting = new();
        using var log = LogOutput.Open(new LogOptions { File = LogPath, Levels = [new("loud", LogLevel.Error)] });
        var factory = log.FactoryFor(null, [new FactoryProvider(collecting)]);
        Say(factory.CreateLogger("loud"), LogLevel.Warning, "noise");
        Say(factory.CreateLogger("quiet"), LogLevel.Debug, "a whisper");
        log.Levels.SetLevel("quiet", LogLevel.Debug);
        Say(factory.CreateLogger("quiet"), LogLevel.Debug, "a word");
        Assert.Equal(["a word"], collecting.Lines.Select(line => line.Text));
        log.WriteOut();
        Assert.EndsWith("a word", Assert.Single(File.ReadAllLines(LogPath)), StringComparison.Ordinal);
    }

    private static void Say(ILogger logger, LogLevel level, string text) => logger.Log(level, default, text, null, static (state, _) => state);
}
