using System.Runtime.ExceptionServices;

namespace TacHost.Services;

public abstract partial class Service
{
    /// <summary>Shorter than that of a collection, which knows less of why it has to wait.</summary>
    private static readonly TimeSpan _momentToLetGo = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async Task PrivilegedStartAsync(CancellationToken cancellationToken)
    {
        BeginStart();
        try
        {
            await PrivilegedStartCoreAsync(cancellationToken);
            lock (_gate)
                _privilegedPartDone = true;
        }
        catch (Exception e)
        {
            await AbandonStartAsync(e, cancellationToken);
            throw;
        }
    }

    /// <summary>Starts the service, beginning with the privileged part unless that has been done.</summary>
    /// <remarks>If the start fails or is cancelled, <see cref="OnStopAsync"/> is called and the service is <see cref="ServiceState.Failed"/>; nothing is left to stop.</remarks>
    /// <exception cref="InvalidOperationException">The service is starting, running or stopping.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!TakePrivilegedPart())
        {
            await PrivilegedStartAsync(cancellationToken);
            TakePrivilegedPart();
        }

        try
        {
            await StartCoreAsync(cancellationToken);
        }
        catch (Exception e)
        {
            await AbandonStartAsync(e, cancellationToken);
            throw;
        }

        // The body is there to be waited for before anybody can see that the service runs.
        var stopping = new CancellationTokenSource();
        var stoppingToken = stopping.Token;
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _stopping = stopping;
            _body = ended.Task;
            _state = ServiceState.Running;
        }

        _ = RunBodyAsync(ended, stoppingToken);
    }

    /// <summary>Stops the service and ends when it has stopped. Does nothing for one that holds nothing; a second call waits for the first.</summary>
    /// <param name="cancellationToken">Cancelled when the grace period is over.</param>
    /// <exception cref="InvalidOperationException">The service is in the middle of its start: cancel that instead.</exception>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_state == ServiceState.Stopping)
                return (_stopped ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (!_stopOwed)
                return Task.CompletedTask;
            if (IsInTheMiddleOfItsStart)
                throw new InvalidOperationException($"The service '{ServicePath}' cannot be stopped while it is starting. Cancel its start instead.");
            _state = ServiceState.Stopping;
        }

        return FinishStopAsync(cancellationToken);
    }

    /// <summary>Whether a call of the start is under way, as against waiting for the second part of it.</summary>
    internal bool IsInTheMiddleOfItsStart => _state == ServiceState.Starting && !_privilegedPartDone;

    /// <summary>The privileged part of a start, with what a collection adds to it.</summary>
    private protected virtual Task PrivilegedStartCoreAsync(CancellationToken cancellationToken) => OnPrivilegedStartAsync(cancellationToken);

    /// <summary>The rest of a start, with what a collection adds to it.</summary>
    private protected virtual Task StartCoreAsync(CancellationToken cancellationToken) => OnStartAsync(cancellationToken);

    /// <summary>A stop, with what a collection adds to it.</summary>
    private protected virtual Task StopCoreAsync(CancellationToken cancellationToken) => OnStopAsync(cancellationToken);

    private void BeginStart()
    {
        lock (_gate)
        {
            if (_stopOwed || _state is ServiceState.Starting or ServiceState.Stopping)
                throw new InvalidOperationException($"The service '{ServicePath}' cannot be started, because it is {_state.ToString().ToLowerInvariant()}. Stop it first.");
            _state = ServiceState.Starting;
            _stopOwed = true;
            _privilegedPartDone = false;
            LastFailure = null;
        }
    }

    /// <summary>From here on the start can only be cancelled, not stopped.</summary>
    private bool TakePrivilegedPart()
    {
        lock (_gate)
        {
            var done = _privilegedPartDone;
            _privilegedPartDone = false;
            return done;
        }
    }

    private async Task AbandonStartAsync(Exception failure, CancellationToken cancellationToken)
    {
        try
        {
            await StopCoreAsync(cancellationToken);
        }
        catch (Exception e)
        {
            // The failed start is what its caller must hear of; this one would hide it.
            ServiceLog.CleanUpFailed(Logger, e, ServicePath);
        }

        End(ServiceState.Failed, failure);
    }

    private async Task FinishStopAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        await TryAsync(EndBodyAsync);
        await TryAsync(StopCoreAsync);
        if (failures.Count == 0)
        {
            End(ServiceState.Stopped, LastFailure);
            return;
        }

        var failure = failures.Count == 1 ? failures[0] : new AggregateException(failures);
        End(ServiceState.Failed, failure);
        ExceptionDispatchInfo.Throw(failure);

        async Task TryAsync(Func<CancellationToken, Task> stopAsync)
        {
            try
            {
                await stopAsync(cancellationToken);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
    }

    /// <summary>Waits for something that is ending, but only a moment once the grace period is over: what is told to let go needs that to do so.</summary>
    /// <returns>Whether it has ended.</returns>
    private protected static async Task<bool> EndsInTimeAsync(Task ending, CancellationToken cancellationToken)
    {
        await ending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCompleted)
            await Task.WhenAny(ending, Task.Delay(_momentToLetGo, CancellationToken.None));
        return ending.IsCompleted;
    }

    private async Task EndBodyAsync(CancellationToken cancellationToken)
    {
        if (_stopping is not { } stopping)
            return;
        try
        {
            await stopping.CancelAsync();
        }
        finally
        {
            await EndsInTimeAsync(_body, cancellationToken);
        }

        if (!_body.IsCompleted)
            throw new TimeoutException($"The long-running body of the service '{ServicePath}' did not end within the grace period. It must heed its stoppingToken.");
    }

    private void End(ServiceState state, Exception? failure)
    {
        TaskCompletionSource? stopped;
        lock (_gate)
        {
            _state = state;
            LastFailure = failure;
            _stopOwed = false;
            _privilegedPartDone = false;
            _stopping?.Dispose();
            _stopping = null;
            _body = Task.CompletedTask;
            (stopped, _stopped) = (_stopped, null);
        }

        stopped?.SetResult();
    }

    /// <summary>What the body throws is the failure of the service, and nobody else's.</summary>
    private async Task RunBodyAsync(TaskCompletionSource ended, CancellationToken stoppingToken)
    {
        try
        {
            await ExecuteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Fail(e, ended.Task);
        }
        finally
        {
            ended.SetResult();
        }
    }

    /// <summary>Declares a running service failed, and tells its parent. It stays to be stopped.</summary>
    private void Fail(Exception failure, Task body)
    {
        bool wasRunning;
        lock (_gate)
        {
            // A stop may have given up on this body.
            if (_body != body)
                return;
            LastFailure = failure;
            wasRunning = _state == ServiceState.Running;
            if (wasRunning)
                _state = ServiceState.Failed;
        }

        ServiceLog.Failed(Logger, failure, ServicePath);
        if (wasRunning)
            (_parent ?? this as IServiceParent)?.ServiceFailed(this, failure);
    }
}
