using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

[Collection<AloneCollection>]
public sealed class ConsoleLoggersTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FactoryFor_AConsoleLogger_WritesNoLineTwice(bool isFactory)
    {
        var path = _directory["tachost.log"];
        using (var log = LogOutput.Open(new LogOptions { File = path }))
        {
            log.CaptureConsole();
            try
            {
                await using var container = new ServiceCollection().AddLogging(logging => logging.AddConsole()).BuildServiceProvider();
                using var own = isFactory ? LoggerFactory.Create(logging => logging.AddConsole()) : null;
                var factory = log.FactoryFor(own, isFactory ? [] : [container.GetRequiredService<ILoggerProvider>()]);
#pragma warning disable CA1848, CA2254 // as a tac writes it
                factory.CreateLogger("tac").LogInformation("a word");
#pragma warning restore CA1848, CA2254
                HostLog.ShutDown(log.Host);
            }
            finally
            {
                log.EndCapture();
            }
        }

        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.Single(lines, line => line.Contains("a word", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("Server Shut Down.", StringComparison.Ordinal));
        Assert.Equal(isFactory ? 0 : 1, lines.Count(line => line.Contains("[-#warn] Ignored a console logger", StringComparison.Ordinal)));
    }

    [Fact]
    public void FactoryFor_AnotherLoggerBesideTheConsole_KeepsIt()
    {
        List<string> logged = [];
        AppContext.SetData(ListLoggerProvider.List, logged);
        using (var log = LogOutput.Open(new LogOptions { File = _directory["tachost.log"] }))
        {
            using var container = new ServiceCollection().AddLogging(logging => logging.AddConsole()).BuildServiceProvider();
            var factory = log.FactoryFor(null, [container.GetRequiredService<ILoggerProvider>(), new ListLoggerProvider()]);
#pragma warning disable CA1848, CA2254 // as a tac writes it
            factory.CreateLogger("tac").LogInformation("a word");
#pragma warning restore CA1848, CA2254
        }

        Assert.Contains("tac Information a word", logged);
    }
}
