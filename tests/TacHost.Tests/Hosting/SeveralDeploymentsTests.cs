using TacHost.CommandLine;
using TacHost.Hosting;
using TacHost.Logging;
using TacHost.Packages;
using TacHost.Scripting;
using TacFile = TacHost.Scripting.TacFile;

namespace TacHost.Tests.Hosting;

/// <summary>Several applications in one process: what one does is not seen in the others.</summary>
[Collection<AloneCollection>]
public sealed class SeveralDeploymentsTests : IDisposable
{
    private const string Talker = """
        using Microsoft.Extensions.Logging;

        Console.WriteLine("built");
        var application = new Application("NAME");
        new Talker().SetServiceParent(application);

        class Talker : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                Console.WriteLine("read " + File.ReadAllText(ResolvePath("poem.txt")));
                Logger.LogInformation("started");
                return Task.CompletedTask;
            }

            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                await Task.Yield();
                Console.Error.WriteLine("runs");
                while (!File.Exists(ResolvePath("go")))
                    await Task.Delay(10, stoppingToken);
                BODY
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }

            protected override Task OnStopAsync(CancellationToken cancellationToken)
            {
                Console.Write("stops");
                return Task.CompletedTask;
            }
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("tachost-several").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Run_OfTwo_KeepsOutputLogsPathsExitCodesAndFailuresApart()
    {
        var asking = Make("asking", """Application!.ExitCode = 3; Application.RequestStop();""");
        var failing = Make("failing", """throw new InvalidOperationException("out of ink");""");

        var exitCode = await RunAsync(asking, failing);

        Assert.Equal(3, exitCode);
        Assert.Equal((DeploymentState.Stopped, 3), (asking.State, asking.ExitCode));
        Assert.Equal((DeploymentState.Failed, ExitCode.Software), (failing.State, failing.ExitCode));
        AssertLines(Log("asking"), "[stdout] built", "[stdout] read poem of asking", "[asking/Talker] started", "[stderr#error] runs", "[stdout] stops", "asking has asked to stop");
        AssertLines(Log("failing"), "[stdout] built", "[stdout] read poem of failing", "[failing/Talker] started", "[stderr#error] runs", "[stdout] stops", "out of ink");
        Assert.DoesNotContain("failing", Log("asking"), StringComparison.Ordinal);
        Assert.DoesNotContain("asking", Log("failing"), StringComparison.Ordinal);
        Assert.DoesNotContain("std", Log("host"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithOneThatDoesNotStart_RunsTheOther()
    {
        var broken = Make("broken", "");
        File.Delete(Path.Combine(_directory, "broken", "poem.txt"));
        var sound = Make("sound", "Application!.RequestStop();");

        var exitCode = await RunAsync(broken, sound);

        Assert.Equal(ExitCode.Unavailable, exitCode);
        Assert.Equal((DeploymentState.Failed, ExitCode.Unavailable), (broken.State, broken.ExitCode));
        Assert.Equal((DeploymentState.Stopped, ExitCode.Success), (sound.State, sound.ExitCode));
        Assert.Contains("poem.txt", Log("broken"), StringComparison.Ordinal);
        AssertLines(Log("sound"), "[stdout] read poem of sound", "[stdout] stops");
        Assert.DoesNotContain("poem.txt", Log("sound"), StringComparison.Ordinal);
    }

    private static void AssertLines(string log, params string[] lines) =>
        Assert.All(lines, line => Assert.Contains(line, log, StringComparison.Ordinal));

    private string Log(string name) => File.ReadAllText(LogPath(name));

    private string LogPath(string name) => Path.Combine(_directory, $"{name}.log");

    private Deployment Make(string name, string body)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
        File.WriteAllText(Path.Combine(directory, "poem.txt"), $"poem of {name}");
        var tac = Path.Combine(directory, "app.csx");
        File.WriteAllText(tac, Talker.Replace("NAME", name, StringComparison.Ordinal).Replace("BODY", body, StringComparison.Ordinal));
        return new Deployment(OptionsWith(name), new TacApplicationSource(TacFile.Prepare(tac, [AppContext.BaseDirectory], new PackageOptions(), TacCache.At(Path.Combine(_directory, "cache"))).Tac)) { HasOwnLog = true, BaseDirectory = directory };
    }

    private HostOptions OptionsWith(string log) => new() { NoDaemon = true, PidFile = null, Log = new LogOptions { File = LogPath(log) } };

    private async Task<int> RunAsync(params Deployment[] deployments)
    {
        MaintenanceSignals signals = new();
        HostProcess process = new(OptionsWith("host"), null, signals, new StartTimings(isAskedFor: false));
        var run = Task.Factory.StartNew(() => process.Run(deployments), TaskCreationOptions.LongRunning).WaitAsync(TimeSpan.FromMinutes(1));
        foreach (var deployment in deployments)
        {
            while (deployment.State is not (DeploymentState.Running or DeploymentState.Failed) && !run.IsCompleted)
                await Task.Delay(10);
            File.WriteAllText(Path.Combine(deployment.BaseDirectory!, "go"), "");
        }

        return await run;
    }
}
