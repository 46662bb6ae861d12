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

    [Fact]
    public async Task HostedService_InATac_IsDisposedAndAnUnobservedFailureIsLogged()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("hosted.csx", """
            class Hosted : IHostedLifecycleService, IAsyncDisposable
            {
                public Task StartingAsync(CancellationToken token) => Say("starting");
                public Task StartAsync(CancellationToken token) => Say("start");
                public Task StartedAsync(CancellationToken token) => Say("started");
                public Task StoppingAsync(CancellationToken token) => Say("stopping");
                public Task StopAsync(CancellationToken token) => Say("stop");
                public Task StoppedAsync(CancellationToken token) => Say("stopped");
                public ValueTask DisposeAsync() => new(Say("dispose"));
                Task Say(string call) { Console.WriteLine($"hosted {call}"); return Task.CompletedTask; }
            }
            class Forgets : Service
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    await Task.Yield();
                    Forget();
                    for (var i = 0; i < 10; i++)
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        await Task.Yield();
                    }
                    Application.RequestStop();
                }
                [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
                static void Forget() => Task.FromException(new InvalidOperationException("forgotten"));
            }
            var application = new Application("hosted");
            application.AddService(new Hosted());
            new Forgets().SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync("-n", "hosted.csx");

        Assert.Equal(0, outcome.ExitCode);
        var calls = outcome.Output.Split('\n').Where(line => line.StartsWith("hosted ", StringComparison.Ordinal)).Select(line => line["hosted ".Length..]);
        Assert.Equal(["starting", "start", "started", "stopping", "stop", "stopped", "dispose"], calls);
        Assert.Contains("A task failed, and its exception was not observed.\n\tSystem.InvalidOperationException: forgotten", outcome.Output, StringComparison.Ordinal);
    }
}
