using System.Runtime.ExceptionServices;

namespace TacHost.Services;

/// <summary>The phases of a service in <see cref="ServiceLife"/>.</summary>
internal enum ServicePhase
{
    Stopped,
    StartingPrivileged,
    Prepared,
    Starting,
    Running,
    Completed,
    Crashed,
    Stopping,
    Failed,
}

/// <summary>The state machine of one service.</summary>
/// <remarks>
/// <code>
/// phase               State      event                              next phase
/// Stopped, Failed     the same   privileged start, start            StartingPrivileged
/// StartingPrivileged  Starting   the privileged part has ended.     Prepared; Starting if the whole start was requested.
/// Prepared            Starting   start                              Starting
/// Starting            Starting   the start has ended.               Running
/// any of these three  Starting   throws, is cancelled, Fail         OnStop runs, then Failed.
/// StartingPrivileged, Starting   stop                               the start is cancelled; OnStop runs, then Failed.
/// Running             Running    the body has returned.             Completed
/// Running, Completed  Running    the body has thrown, Fail          Crashed
/// Prepared, Running, Completed, Crashed       stop                  Stopping
/// Crashed             Failed
/// Stopping            Stopping   OnStop has run.                    Stopped; Failed if the stop has thrown.
/// </code>
/// OnStop runs exactly once for each start. The phase changes only under the lock, and only in this class.
/// </remarks>
internal sealed class ServiceLife(Service service)
{
    private readonly Lock _gate = new();
    private volatile ServicePhase _phase;

    /// <summary>Cancels the start in progress; null if no start is in progress.</summary>
    private CancellationTokenSource? _start;
    private TaskCompletionSource? _ended;
    private ServiceBody? _body;
    private Exception? _earlyFailure;
    private bool _mustStop;
    private CancellationToken _stopToken;

    public ServicePhase Phase => _phase;

    public Exception? LastFailure { get; set; }

    /// <summary>Gets the time at which the service entered the running state, in UTC ticks, or 0 if it is not running.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Gets the time at which the service entered its state, in UTC ticks.</summary>
    public long StateSince { get; private set; }

    public ServiceState State => _phase switch
    {
        ServicePhase.Stopped => ServiceState.Stopped,
        ServicePhase.StartingPrivileged or ServicePhase.Prepared or ServicePhase.Starting => ServiceState.Starting,
        ServicePhase.Running or ServicePhase.Completed => ServiceState.Running,
        ServicePhase.Stopping => ServiceState.Stopping,
        _ => ServiceState.Failed,
    };

    public bool IsStarting => _phase is ServicePhase.StartingPrivileged or ServicePhase.Starting;

    /// <summary>Runs the privileged part of a start, or the remaining part of a whole start.</summary>
    public async Task StartAsync(bool whole, CancellationToken cancellationToken)
    {
        using var start = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isPrivileged = Begin(start, whole);
        try
        {
            if (isPrivileged)
            {
                await service.PrivilegedStartCoreAsync(start.Token);
                Advance(whole ? ServicePhase.Starting : ServicePhase.Prepared);
            }

            if (!whole)
                return;
            Advance(ServicePhase.Starting);
            await service.StartCoreAsync(start.Token);
            if (service.Parent is not MultiService { Phase: ServicePhase.Starting })
                await service.AfterStartAsync(start.Token);
            Run();
        }
        catch (Exception e)
        {
            var failure = _earlyFailure ?? e;
            await AbandonAsync(failure, cancellationToken);
            if (failure != e)
                ExceptionDispatchInfo.Throw(failure);
            throw;
        }
    }

    /// <summary>Stops the service. During a start, cancels the start and completes when the start has been rolled back.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            switch (_phase)
            {
                case ServicePhase.Stopped or ServicePhase.Failed:
                    return Task.CompletedTask;
                case ServicePhase.StartingPrivileged or ServicePhase.Starting:
                    (_mustStop, _stopToken) = (true, cancellationToken);
                    _ = _start!.CancelAsync();
                    return EndedAsync();
                case ServicePhase.Stopping:
                    return EndedAsync();
            }

            Current = ServicePhase.Stopping;
        }

        return FinishStopAsync(cancellationToken);
    }

    /// <summary>Records a failure. A running service becomes failed and its parent is notified. A start in progress fails.</summary>
    /// <param name="failure">The reason.</param>
    /// <param name="body">The body that has thrown, or null for another cause. A body that an earlier stop has abandoned is ignored.</param>
    public void Fail(Exception failure, ServiceBody? body = null)
    {
        var isFirst = false;
        lock (_gate)
        {
            if (body is not null && _body != body)
                return;
            switch (_phase)
            {
                case ServicePhase.StartingPrivileged or ServicePhase.Prepared or ServicePhase.Starting:
                    _earlyFailure ??= failure;
                    _ = _start?.CancelAsync();
                    return;
                case ServicePhase.Running or ServicePhase.Completed:
                    Current = ServicePhase.Crashed;
                    LastFailure = failure;
                    isFirst = true;
                    break;
                case ServicePhase.Stopping:
                    LastFailure = failure;
                    break;
            }
        }

        ServiceLog.Failed(service.Logger, failure, service.ServicePath);
        if (isFirst)
            service.Supervising?.ServiceFailed(service, service, failure);
    }

    /// <summary>Records that the body has returned, and notifies the parent.</summary>
    public void Complete(ServiceBody body)
    {
        lock (_gate)
        {
            if (_body != body || _phase != ServicePhase.Running)
                return;
            Current = ServicePhase.Completed;
        }

        service.Supervising?.ServiceCompleted(service);
    }

    /// <summary>Releases the body of a service that has none: 200 bytes for each service of a tree.</summary>
    public void Release(ServiceBody body)
    {
        lock (_gate)
        {
            if (_body == body)
                _body = null;
        }
    }

    /// <returns>true if the privileged part must still run.</returns>
    private bool Begin(CancellationTokenSource start, bool whole)
    {
        ServicePhase before;
        lock (_gate)
        {
            before = _phase;
            if (whole && before == ServicePhase.Prepared)
            {
                (Current, _start) = (ServicePhase.Starting, start);
                return false;
            }

            if (before is not (ServicePhase.Stopped or ServicePhase.Failed))
                throw new InvalidOperationException($"The service '{service.ServicePath}' cannot be started, because it is {State.ToString().ToLowerInvariant()}. Stop it first.");
            (Current, _start) = (ServicePhase.StartingPrivileged, start);
        }

        // After setting the phase: the stop of the parent either finds this start and cancels it, or is detected here.
        if (service.Parent is MultiService { IsStopping: true } parent)
        {
            End(before, LastFailure);
            throw new InvalidOperationException($"The service '{service.ServicePath}' cannot be started, because '{parent.ServicePath}' is stopping.");
        }

        return true;
    }

    /// <summary>Sets the phase, and the time if the state changes.</summary>
    private ServicePhase Current
    {
        set
        {
            var before = State;
            _phase = value;
            if (State != before)
                StateSince = TimeProvider.System.GetUtcNow().Ticks;
        }
    }

    private void Advance(ServicePhase next)
    {
        lock (_gate)
        {
            ThrowIfOver();
            Current = next;
            if (next == ServicePhase.Prepared)
                _start = null;
        }
    }

    private void ThrowIfOver()
    {
        if (_earlyFailure is not null)
            ExceptionDispatchInfo.Throw(_earlyFailure);
        if (_mustStop)
            throw new OperationCanceledException($"The service '{service.ServicePath}' was stopped while it was starting.");
    }

    private void Run()
    {
        // The body must be awaitable before other threads can observe the running state.
        ServiceBody body = new(service, this);
        lock (_gate)
        {
            ThrowIfOver();
            (_start, _body, Current) = (null, body, ServicePhase.Running);
            StartedAt = TimeProvider.System.GetUtcNow().Ticks;
        }

        _ = body.RunAsync();
    }

    private async Task AbandonAsync(Exception failure, CancellationToken cancellationToken)
    {
        // The caller needs the reason of the failed start; an exception of the clean-up would hide it.
        if (await ServiceStop.RunAsync(service, null, _mustStop ? _stopToken : cancellationToken) is { } e)
            ServiceLog.CleanUpFailed(service.Logger, e, service.ServicePath);
        End(ServicePhase.Failed, failure);
    }

    private async Task FinishStopAsync(CancellationToken cancellationToken)
    {
        var failure = await ServiceStop.RunAsync(service, _body, cancellationToken);
        End(failure is null ? ServicePhase.Stopped : ServicePhase.Failed, failure ?? LastFailure);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private void End(ServicePhase phase, Exception? failure)
    {
        TaskCompletionSource? ended;
        lock (_gate)
        {
            (Current, LastFailure, StartedAt) = (phase, failure, 0);
            (_start, _body, _earlyFailure) = (null, null, null);
            (_mustStop, _stopToken) = (false, default);
            (ended, _ended) = (_ended, null);
        }

        ended?.SetResult();
    }

    private Task EndedAsync() => (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
