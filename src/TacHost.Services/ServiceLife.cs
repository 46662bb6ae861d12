using System.Runtime.ExceptionServices;

namespace TacHost.Services;

/// <summary>The phases of a service, as <see cref="ServiceLife"/> sees them.</summary>
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
/// phase               seen as    event                              next
/// Stopped, Failed     the same   privileged start, start            StartingPrivileged
/// StartingPrivileged  Starting   the privileged part has ended      Prepared; Starting if the whole start was asked for
/// Prepared            Starting   start                              Starting
/// Starting            Running    the start has ended                Running
/// any of these three  Starting   throws, is cancelled, Fail         OnStop runs, then Failed
/// StartingPrivileged, Starting   stop                               the start is cancelled; OnStop runs, then Failed
/// Running             Running    the body has returned              Completed
/// Running, Completed  Running    the body has thrown, Fail          Crashed
/// Prepared, Running, Completed, Crashed       stop                  Stopping
/// Crashed             Failed
/// Stopping            Stopping   OnStop has run                     Stopped; Failed if the stop has thrown
/// </code>
/// OnStop runs exactly once for each start. A phase changes only under the lock, and every change is made in this class.
/// </remarks>
internal sealed class ServiceLife(Service service)
{
    private readonly Lock _gate = new();
    private volatile ServicePhase _phase;

    /// <summary>Cancels the start; null while none is under way.</summary>
    private CancellationTokenSource? _start;
    private TaskCompletionSource? _ended;
    private ServiceBody? _body;
    private Exception? _earlyFailure;
    private bool _mustStop;
    private CancellationToken _stopToken;

    public ServicePhase Phase => _phase;

    public Exception? LastFailure { get; set; }

    /// <summary>When the service began to run, in ticks of UTC, or 0 while it does not run.</summary>
    public long StartedAt { get; private set; }

    public ServiceState State => _phase switch
    {
        ServicePhase.Stopped => ServiceState.Stopped,
        ServicePhase.StartingPrivileged or ServicePhase.Prepared or ServicePhase.Starting => ServiceState.Starting,
        ServicePhase.Running or ServicePhase.Completed => ServiceState.Running,
        ServicePhase.Stopping => ServiceState.Stopping,
        _ => ServiceState.Failed,
    };

    /// <summary>Whether a call of the start is under way.</summary>
    public bool IsStarting => _phase is ServicePhase.StartingPrivileged or ServicePhase.Starting;

    /// <summary>Runs the privileged part of a start, or what is still to do of a whole start.</summary>
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

    /// <summary>Stops the service. During a start, cancels the start and returns when the start has been undone.</summary>
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

            _phase = ServicePhase.Stopping;
        }

        return FinishStopAsync(cancellationToken);
    }

    /// <summary>Records a failure. A running service is failed from then on, and its parent is told; a start that is under way fails.</summary>
    /// <param name="failure">The reason.</param>
    /// <param name="body">The body that has thrown, or null if no body has. A body that an earlier stop has abandoned is ignored.</param>
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
                    _phase = ServicePhase.Crashed;
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

    /// <summary>Records that the body has returned, and tells the parent.</summary>
    public void Complete(ServiceBody body)
    {
        lock (_gate)
        {
            if (_body != body || _phase != ServicePhase.Running)
                return;
            _phase = ServicePhase.Completed;
        }

        service.Supervising?.ServiceCompleted(service);
    }

    /// <returns>Whether the privileged part must still run.</returns>
    private bool Begin(CancellationTokenSource start, bool whole)
    {
        ServicePhase before;
        lock (_gate)
        {
            before = _phase;
            if (whole && before == ServicePhase.Prepared)
            {
                (_phase, _start) = (ServicePhase.Starting, start);
                return false;
            }

            if (before is not (ServicePhase.Stopped or ServicePhase.Failed))
                throw new InvalidOperationException($"The service '{service.ServicePath}' cannot be started, because it is {State.ToString().ToLowerInvariant()}. Stop it first.");
            (_phase, _start) = (ServicePhase.StartingPrivileged, start);
        }

        // After the phase was set: the stop of the parent either finds this start and cancels it, or is seen here.
        if (service.Parent is MultiService { IsStopping: true } parent)
        {
            End(before, LastFailure);
            throw new InvalidOperationException($"The service '{service.ServicePath}' cannot be started, because '{parent.ServicePath}' is stopping.");
        }

        return true;
    }

    private void Advance(ServicePhase next)
    {
        lock (_gate)
        {
            ThrowIfOver();
            _phase = next;
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
        // The body can be awaited before anybody can see that the service runs.
        ServiceBody body = new(service, this);
        lock (_gate)
        {
            ThrowIfOver();
            (_start, _body, _phase) = (null, body, ServicePhase.Running);
            StartedAt = TimeProvider.System.GetUtcNow().Ticks;
        }

        _ = body.RunAsync();
    }

    private async Task AbandonAsync(Exception failure, CancellationToken cancellationToken)
    {
        // The caller must see why the start failed; an exception of the clean-up would hide it.
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
            (_phase, LastFailure, StartedAt) = (phase, failure, 0);
            (_start, _body, _earlyFailure) = (null, null, null);
            (_mustStop, _stopToken) = (false, default);
            (ended, _ended) = (_ended, null);
        }

        ended?.SetResult();
    }

    private Task EndedAsync() => (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
