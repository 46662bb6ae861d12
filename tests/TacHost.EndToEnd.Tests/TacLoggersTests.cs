using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>What the loggers of a tac file write: before the start, and beside those of the host.</summary>
public sealed class TacLoggersTests
{
    [Theory]
    [InlineData("application.LoggerFactory = LoggerFactory.Create(logging => logging.AddConsole());")]
    [InlineData("foreach (var provider in new ServiceCollection().AddLogging(logging => logging.AddConsole()).BuildServiceProvider().GetServices<ILoggerProvider>()) application.LoggerProviders.Add(provider);")]
    public async Task ConsoleLogger_OfATac_WritesNoLineTwice(string loggers)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("twice.csx", $$"""
            using Microsoft.Extensions.DependencyInjection;
            class Speaker : Service { protected override Task OnStartAsync(CancellationToken cancellationToken) { Logger.LogInformation("a word"); return Task.CompletedTask; } }
            var application = new Application("twice");
            {{loggers}}
            application.AddService(new Speaker());
            """);
        var id = await sandbox.StartDaemonAsync("twice.csx");
        await sandbox.LoggedAsync("a word");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        foreach (var text in (string[])["a word", "is running", "Server Shut Down."])
            Assert.Single(sandbox.Log.Split('\n'), line => line.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Line_BeforeAFailureOfTheTopLevel_IsInTheLogWithItsScopes()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("fails.csx", """
            var application = new Application("fails");
            var log = application.LoggerFactory.CreateLogger("mine");
            {
                using var scope = log.BeginScope("order {Id}", 7);
                log.LogInformation("reading {File}", "moons");
            }
            throw new InvalidOperationException("no moon");
            """);
        var outcome = await sandbox.TachostAsync("--log-format", "json", "fails.csx");
        Assert.Equal(70, outcome.ExitCode);
        Assert.Contains("no moon", outcome.Error, StringComparison.Ordinal);
        using var line = JsonDocument.Parse(Assert.Single(sandbox.Log.Split('\n'), line => line.Contains("reading moons", StringComparison.Ordinal)));
        Assert.Equal("mine", line.RootElement.GetProperty("category").GetString());
        Assert.Equal(7, Assert.Single(line.RootElement.GetProperty("scopes").EnumerateArray()).GetProperty("Id").GetInt32());
    }
}
