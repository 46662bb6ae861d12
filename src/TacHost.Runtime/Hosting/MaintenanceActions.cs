using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>The reactions of a process to <see cref="MaintenanceSignals"/>.</summary>
internal sealed class MaintenanceActions(HostProcess process)
{
    /// <summary>Reopens the log files.</summary>
    public void OnUser1()
    {
        process.Log.Reopen();
        foreach (var deployment in process.Deployments)
            deployment.ReopenLog();
        HostLog.Reopened(process.Log.Host);
    }

    /// <summary>Reloads the deployments.</summary>
    public void OnHangUp()
    {
        HostLog.Reloading(process.Log.Host);
        if (process.Reloader is not null)
            _ = Task.Run(ReloadAsync);
    }

    /// <summary>Begins an upgrade.</summary>
    public void OnUser2()
    {
        HostLog.UpgradeSignalled(process.Log.Host);
        _ = Task.Factory.StartNew(() => process.Upgrade.RunAfterSignal(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private async Task ReloadAsync()
    {
        process.Manager.Reloading();
        foreach (var deployment in process.Deployments.Where(deployment => deployment.State == DeploymentState.Running))
            await deployment.Reloads.RunAfterSignalAsync();
        process.Manager.Reloaded();
    }
}
