using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Stops the application of a deployment within the grace period, and names the services that do not stop.</summary>
internal sealed class DeploymentStop(Deployment deployment, HostProcess process)
{
    /// <summary>The maximum number of connections that are named for each service.</summary>
    private const int MostNamed = 5;

    /// <summary>The interval of log lines about services that are still stopping.</summary>
    private static readonly TimeSpan _betweenReminders = TimeSpan.FromSeconds(5);

    /// <summary>The time to wait after the grace period. Each group waits one second for a hanging child.</summary>
    private static readonly TimeSpan _longestLettingGo = TimeSpan.FromSeconds(10);

    /// <summary>Stops the application.</summary>
    /// <returns>The given exit code, or another one after a failure.</returns>
    public async Task<int> RunAsync(int exitCode)
    {
        var application = deployment.Application;
        using var grace = new TimeLimit(deployment.Options.Grace, deployment.Log.Host, process.Signals.Repeated);
        var stop = Task.Run(() => StopAndDisposeAsync(application, grace.Token));
        var reminders = new Timer(_ => Remind(application), null, _betweenReminders, _betweenReminders);
        var hasEnded = await grace.EndsBeforeAsync(stop);
        using (var last = new TimeLimit(_longestLettingGo, deployment.Log.Host, CancellationToken.None))
            hasEnded = hasEnded || await last.EndsBeforeAsync(stop);

        // Also waits for a running callback, because the log is closed next.
        await reminders.DisposeAsync();

        if (!hasEnded || ServiceTree.NotStopped(application).Any())
        {
            HostLog.NotStopped(deployment.Log.Host, deployment.Options.Grace.TotalSeconds, Names(application));
            return ExitCode.TimedOut;
        }

        try
        {
            await stop;
            return exitCode != ExitCode.Success ? exitCode : application.ExitCode;
        }
        catch (Exception e)
        {
            HostLog.StopFailed(deployment.Log.Host, Reasons(e));
            return exitCode != ExitCode.Success ? exitCode : ExitCode.Software;
        }
    }

    /// <summary>Returns each failure with its line in the tac file. Each service has logged its own with the stack trace.</summary>
    private static string Reasons(Exception exception) =>
        string.Join("\n", exception is AggregateException all ? all.Flatten().InnerExceptions.Select(FailureText.Of) : [FailureText.Of(exception)]);

    /// <summary>Stops the tree, which cannot be restarted.</summary>
    private static async Task StopAndDisposeAsync(Application application, CancellationToken cancellationToken)
    {
        try
        {
            await application.StopAsync(cancellationToken);
        }
        finally
        {
            await application.DisposeAsync();
        }
    }

    private void Remind(Application application)
    {
        var names = Names(application);
        if (names.Length == 0)
            return;
        HostLog.StillStopping(deployment.Log.Host, names);
        process.Manager.Status($"still stopping: {names}");
    }

    /// <summary>Returns the services that are stopping, with the operations that they wait for. If there are none, returns those that have not begun to stop.</summary>
    private static string Names(Application application)
    {
        var left = ServiceTree.NotStopped(application).ToList();
        var stopping = left.Where(service => service.State == ServiceState.Stopping).ToList();
        return string.Join(", ", (stopping.Count > 0 ? stopping : left).Select(Describe));
    }

    private static string Describe(IService service)
    {
        if (service.WaitsFor is not { Count: > 0 } reasons)
            return $"'{service.ServicePath}'";
        var more = reasons.Count > MostNamed ? $"; and {reasons.Count - MostNamed} more" : "";
        return $"'{service.ServicePath}' (waiting for {string.Join("; ", reasons.Take(MostNamed))}{more})";
    }
}
