using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed class SupervisionTests
{
    [Fact]
    public async Task SupervisedService_ThatFails_IsRestartedAsOftenAsAllowedAndThenEndsTheProcess()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("fails.csx", """
            class Fails : Service
            {
                int _runs;
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    await Task.Yield();
                    throw new InvalidOperationException($"run {++_runs}");
                }
                protected override Task OnStopAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("stopped after run {Run}", _runs);
                    return Task.CompletedTask;
                }
            }
            var top = new Supervisor(RestartStrategy.OneForOne, maxRestarts: 2, within: TimeSpan.FromMinutes(10));
            new Fails().SetServiceParent(top);
            var application = new Application("supervised");
            top.SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync("-n", "fails.csx");

        Assert.Equal(70, outcome.ExitCode);
        foreach (var run in new[] { 1, 2, 3 })
            Assert.Contains($"stopped after run {run}", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stopped after run 4", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("'supervised/Supervisor' has restarted its services 2 times within 600 s, and 'supervised/Supervisor/Fails' has ended again: run 3", outcome.Output, StringComparison.Ordinal);
    }
}
