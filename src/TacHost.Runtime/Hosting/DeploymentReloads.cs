using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>The reloads of one deployment: one at a time, and none once it stops.</summary>
internal sealed class DeploymentReloads(Deployment deployment, HostProcess process, IReloader reloader) : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _leavingGate = new();
    private readonly List<Task> _leaving = [];
    private int _signals;

    /// <summary>Executes a reload, and logs its plan or why it failed.</summary>
    /// <exception cref="TacHostException">The reload failed, or another one is under way.</exception>
    public async Task<ReloadResult> RunAsync(ReloadRequest request)
    {
        if (!await _gate.WaitAsync(_timeout))
            throw new TacHostException(ExitCode.TimedOut, "another reload is under way. Wait for its end, then try again.");
        try
        {
            return await RunLockedAsync(request);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gets the last deployments that ran, the running one last.</summary>
    public IReadOnlyList<PastDeployment> History => reloader.HistoryOf(deployment);

    /// <summary>Reloads after a signal. Signals that come before it has begun are one request; one that comes later is another.</summary>
    public async Task RunAfterSignalAsync()
    {
        if (Interlocked.Increment(ref _signals) > 1)
            return;
        await TryRunAsync();
    }

    /// <summary>Executes a reload after those that are under way, and logs its plan or why it failed.</summary>
    /// <returns>True if the reload succeeded.</returns>
    public async Task<bool> TryRunAsync()
    {
        await _gate.WaitAsync();
        try
        {
            Volatile.Write(ref _signals, 0);
            await RunLockedAsync(new ReloadRequest());
            return true;
        }
        catch (TacHostException)
        {
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Notes services that have been replaced and are stopping. The stop of the deployment waits for them.</summary>
    public void AddLeaving(Task stop)
    {
        lock (_leavingGate)
        {
            _leaving.RemoveAll(each => each.IsCompleted);
            _leaving.Add(stop);
        }
    }

    /// <summary>Ends a reload that is under way, with the old services in their places. Later ones are refused.</summary>
    public async Task EndAsync()
    {
        await _stopping.CancelAsync();
        await _gate.WaitAsync();
        _gate.Release();
    }

    /// <summary>Waits until the services that were replaced have stopped. Their own grace periods limit that.</summary>
    public async Task WaitForLeavingAsync()
    {
        Task[] leaving;
        lock (_leavingGate)
            leaving = [.. _leaving];
        await Task.WhenAll(leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _stopping.Dispose();
    }

    private async Task<ReloadResult> RunLockedAsync(ReloadRequest request)
    {
        if (deployment.State != DeploymentState.Running || _stopping.IsCancellationRequested)
            throw new TacHostException(ExitCode.Unavailable, "the application is not running, so that there is nothing to reload.");
        try
        {
            var result = await reloader.RunAsync(deployment, process, request, _stopping.Token);
            if (!request.OnlyPlan)
                Log(result);
            return result;
        }
        catch (Exception e) when (!request.OnlyPlan)
        {
            HostLog.ReloadFailed(deployment.Log.Host, e is TacHostException ? null : e, e is TacHostException ? e.Message : $"a defect in the host, please report it: {e.Message}");
            throw e as TacHostException ?? new TacHostException(ExitCode.Software, $"a defect in the host, please report it: {e}", e);
        }
    }

    private void Log(ReloadResult result)
    {
        var log = deployment.Log.Host;
        foreach (var notice in result.Notices)
            HostLog.ReloadPlanned(log, notice);
        foreach (var service in result.Plan.Where(service => service.Verdict != "kept"))
            HostLog.ReloadPlanned(log, service.Text);
        if (result.HasChanges)
            HostLog.Reloaded(log, result.Took.TotalMilliseconds, result.Summary);
        else
            HostLog.NothingToReload(log);
    }
}
