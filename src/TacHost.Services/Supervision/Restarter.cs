using System.Runtime.CompilerServices;

namespace TacHost.Services.Supervision;

/// <summary>The restart logic of one supervisor. The supervisor's queue calls its methods one at a time.</summary>
internal sealed class Restarter(Supervisor supervisor, RestartStrategy strategy, int maxRestarts, TimeSpan within)
{
    private readonly ConditionalWeakTable<IService, SupervisedChild> _supervised = [];
    private readonly RestartWindow _window = new(maxRestarts, within);
    private CancellationTokenSource _stopping = new();
    private CancellationTokenSource _graceOver = new();
    private RestartSchedule? _schedule;
    private long _startedAt;

    public bool IsEnding => _stopping.IsCancellationRequested;

    public void Know(IService child, SupervisedChild supervised) => _supervised.AddOrUpdate(child, supervised);

    /// <summary>Starts a run of the supervisor. Earlier restarts no longer count.</summary>
    public void Begin()
    {
        _window.Clear();
        (_stopping, _graceOver) = (new CancellationTokenSource(), new CancellationTokenSource());
        _schedule = new RestartSchedule(supervisor.TimeProvider, () => supervisor.Exits.Post(default));
        _startedAt = supervisor.TimeProvider.GetTimestamp();
        foreach (var child in supervisor)
            (Of(child).ShortRuns, Of(child).RestartedAt) = (0, null);
    }

    /// <summary>Cancels the restart in progress and all scheduled restarts.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await using (cancellationToken.UnsafeRegister(static graceOver => ((CancellationTokenSource)graceOver!).Cancel(), _graceOver))
            await GracePeriod.WaitAsync(supervisor.Exits.Quiet, cancellationToken);
        _schedule?.Dispose();
        foreach (var child in supervisor)
            Forget(child);
    }

    /// <summary>Cancels the scheduled restart of a child.</summary>
    public void Forget(IService child)
    {
        SetDue(child, null, null);
        Of(child).ReleaseSockets();
    }

    /// <summary>Handles the end of a child.</summary>
    /// <exception cref="Exception">The failure with which the supervisor must fail.</exception>
    public async Task HandleAsync(IService child, ChildExit exit)
    {
        // The child may have been removed, stopped or restarted since.
        var hasEnded = exit.Failure is null ? exit.Origin is Service { Phase: ServicePhase.Completed }
            : exit.Origin.State == ServiceState.Failed || (exit.IsFailedStart && !child.Running);
        if (!hasEnded || !supervisor.Children.Contains(child))
            return;
        if (exit.IsFailedStart)
            SupervisionLog.StartFailed(supervisor.Logger, exit.Failure!, child.ServicePath);
        var supervised = Of(child);
        switch (Decide(supervised, exit.Failure))
        {
            case Directive.Stop:
                supervised.ReleaseSockets();
                await StopChildAsync(child);
                SupervisionLog.NotRestarted(supervisor.Logger, child.ServicePath, exit.Failure is null ? "its work is done" : Reason(exit.Failure));
                break;
            case Directive.Escalate:
                throw new ServiceFailedException(exit.Origin.ServicePath, exit.Failure!);
            default:
                await RestartAsync(child, supervised, exit);
                break;
        }
    }

    private Directive Decide(SupervisedChild supervised, Exception? failure)
    {
        var directive = failure is null ? Directive.Restart : supervisor.Decider?.Invoke(failure) ?? Directive.Restart;
        var restarts = supervised.Policy == RestartPolicy.Permanent || (supervised.Policy == RestartPolicy.Transient && failure is not null);
        return directive == Directive.Restart && !restarts ? Directive.Stop : directive;
    }

    private async Task RestartAsync(IService child, SupervisedChild supervised, ChildExit exit)
    {
        if (!_window.TryAdd(supervisor.TimeProvider))
        {
            throw new RestartLimitException(
                $"'{supervisor.ServicePath}' has restarted its services {maxRestarts} times within {within.TotalSeconds:0.###} s, and '{exit.Origin.ServicePath}' has ended again: {Reason(exit.Failure)}", exit.Failure);
        }

        var isLong = !exit.IsFailedStart && supervisor.TimeProvider.GetElapsedTime(supervised.RestartedAt ?? _startedAt) >= supervisor.Backoff.ResetAfter;
        supervised.ShortRuns = isLong ? 0 : supervised.ShortRuns + 1;
        var affected = Affected(child);
        foreach (var each in affected.Where(each => Of(each).Policy != RestartPolicy.Temporary))
            Of(each).RetainSockets(each, supervisor.Application);
        for (var i = affected.Length - 1; i >= 0; i--)
            await StopChildAsync(affected[i]);

        var delay = supervisor.Backoff.DelayAfter(supervised.ShortRuns);
        SupervisionLog.Restarting(supervisor.Logger, child.ServicePath, delay.TotalSeconds, Reason(exit.Failure));
        var due = _schedule!.Add(child, delay);
        foreach (var each in affected)
            SetDue(each, each == child ? due : null, supervisor.TimeProvider.GetUtcNow() + delay);
        await StartDueAsync();
    }

    /// <summary>Starts the children whose restart delay has elapsed.</summary>
    public async Task StartDueAsync()
    {
        while (_schedule!.TryTake(out var child, out var due))
        {
            if (Of(child).Due == due && supervisor.Children.Contains(child))
                await StartAffectedAsync(child);
        }
    }

    private async Task StartAffectedAsync(IService first)
    {
        foreach (var child in Affected(first))
        {
            var supervised = Of(child);
            SetDue(child, null, null);
            if (supervised.Policy == RestartPolicy.Temporary || child.State is not (ServiceState.Stopped or ServiceState.Failed))
                continue;
            var present = child;
            try
            {
                present = supervised.HasFactory ? await RenewAsync((Service)child, supervised) : child;
                (present as Service)?.CountRestart();
                supervised.RestartedAt = supervisor.TimeProvider.GetTimestamp();
                await supervisor.StartChildAsync(present, present.StartAsync, _stopping.Token);
                supervised.ReleaseSockets();
                SupervisionLog.Restarted(supervisor.Logger, present.ServicePath);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                supervisor.Exits.Post(new ChildExit(present, present, e, IsFailedStart: true));
                return;
            }
        }
    }

    private async Task<Service> RenewAsync(Service old, SupervisedChild supervised)
    {
        var successor = supervised.Make();
        _supervised.Add(successor, supervised);
        if (!supervisor.Children.Replace(old, successor))
            return old;
        old.ClearParent(supervisor);
        await ServiceDisposal.DisposeAsync(old);
        return successor;
    }

    private async Task StopChildAsync(IService child)
    {
        using CancellationTokenSource timeout = new(supervisor.StopTimeout, supervisor.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _graceOver.Token);
        await supervisor.TryStopAsync(child, child.StopAsync, [], either.Token);
        if (child.State is not (ServiceState.Stopped or ServiceState.Failed))
            throw new TimeoutException($"The service '{child.ServicePath}' cannot be restarted, because it did not stop within {supervisor.StopTimeout.TotalSeconds:0.###} s.");
    }

    private IService[] Affected(IService child)
    {
        if (strategy == RestartStrategy.OneForOne)
            return [child];
        var all = supervisor.Children.Snapshot();
        if (strategy == RestartStrategy.OneForAll)
            return all;
        var index = Array.IndexOf(all, child);
        return index < 0 ? [] : all[index..];
    }

    private SupervisedChild Of(IService child) => _supervised.GetValue(child, static _ => new SupervisedChild(RestartPolicy.Permanent));

    private void SetDue(IService child, long? due, DateTimeOffset? time)
    {
        Of(child).Due = due;
        (child as Service)?.SetNextTry(Of(child).Policy == RestartPolicy.Temporary ? null : time);
    }

    private static string Reason(Exception? failure) => failure?.Message ?? "its body has returned";
}
