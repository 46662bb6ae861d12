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

    /// <summary>How long the tree may go on past the grace period; a group gives each stuck child a second.</summary>
    private static readonly TimeSpan _longestLettingGo = TimeSpan.FromSeconds(10);

    /// <summary>Stops it.</summary>
    /// <returns>The exit code of the process: the one so far, or a worse one.</returns>
    public int Run(Application application, ShutdownSignals signals, int exitCode)
    {
        using var grace = new TimeLimit(options.Grace, log.Host, signals.Repeated);
        var stop = Task.Run(() => application.StopAsync(grace.Token));
        var reminders = new Timer(_ => Remind(application), null, _betweenReminders, _betweenReminders);
        var hasEnded = grace.EndsBefore(stop);
        using (var last = new TimeLimit(_longestLettingGo, log.Host, CancellationToken.None))
            hasEnded = hasEnded || last.EndsBefore(stop);

        // Also for one that is being given right now: the log is about to be closed.
        Waiting.For(reminders.DisposeAsync().AsTask());

        if (!hasEnded || ServiceTree.NotStopped(application).Any())
        {
            HostLog.NotStopped(log.Host, options.Grace.TotalSeconds, Names(application));
            return ExitCode.TimedOut;
        }

        try
        {
            stop.GetAwaiter().GetResult();
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
        string.Join(", ", ServiceTree.NotStopped(application).Select(service => $"'{service.ServicePath}'"));
}
