using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Takes an application down: in reverse, within the grace period, naming what holds it up.</summary>
internal sealed class ApplicationStop(HostOptions options, LogOutput log, ServiceManager manager)
{
    /// <summary>How often it is said what is still stopping.</summary>
    private static readonly TimeSpan _betweenReminders = TimeSpan.FromSeconds(5);

    /// <summary>How long services have to let go once the grace period is over.</summary>
    private static readonly TimeSpan _momentToLetGo = TimeSpan.FromSeconds(2);

    /// <summary>Stops it.</summary>
    /// <returns>The exit code of the process: the one so far, or a worse one.</returns>
    public async Task<int> RunAsync(Application application, ShutdownSignals signals, int exitCode)
    {
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(signals.Repeated);
        grace.CancelAfter(options.Grace);
        var stop = Task.Run(() => application.StopAsync(grace.Token));
        await using (new Timer(_ => Remind(application), null, _betweenReminders, _betweenReminders))
        {
            if (!await Waiting.EndsBeforeAsync(stop, grace.Token))
            {
                using var moment = new CancellationTokenSource(_momentToLetGo);
                if (!await Waiting.EndsBeforeAsync(stop, moment.Token))
                {
                    HostLog.NotStopped(log.Host, options.Grace.TotalSeconds, Names(application));
                    return ExitCode.TimedOut;
                }
            }
        }

        try
        {
            await stop;
            return exitCode != ExitCode.Success ? exitCode : application.ExitCode;
        }
        catch (Exception e)
        {
            HostLog.StopFailed(log.Host, e);
            return exitCode != ExitCode.Success ? exitCode : ExitCode.Software;
        }
    }

    private void Remind(Application application)
    {
        var names = Names(application);
        if (names.Length == 0)
            return;
        HostLog.StillStopping(log.Host, names);
        manager.Status($"still stopping: {names}");
    }

    private static string Names(Application application) =>
        string.Join(", ", ServiceTree.NotStopped(application).Select(service => $"'{service.Path}'"));
}
