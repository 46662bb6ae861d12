namespace TacHost.Fleet;

/// <summary>Starts a deployment again after it has ended, unless another operation comes first.</summary>
/// <param name="status">The state of the deployment.</param>
/// <param name="locked">Executes an operation behind the gate of the deployment.</param>
/// <param name="start">Starts the deployment. Called behind the gate.</param>
/// <param name="stopping">Ends all tries.</param>
internal sealed class UnitRetry(UnitStatus status, Func<Func<Task<bool>>, Task<bool>> locked, Func<Task> start, CancellationToken stopping)
{
    private readonly UnitRestarts _restarts = new(TimeProvider.System);
    private int _number;

    /// <summary>Forgets all ends, because an operator or changed files start the deployment.</summary>
    public void Clear() => _restarts.Clear();

    /// <summary>Cancels the next try, because another operation starts or stops the deployment.</summary>
    public void Cancel() => _number++;

    /// <summary>Schedules the next try after an end, or marks the deployment as failed.</summary>
    /// <param name="ran">The run time.</param>
    /// <param name="exitCode">The exit code, or null if it is unknown.</param>
    /// <param name="how">The reason that the state shows.</param>
    /// <param name="canStart">True if there is something to start.</param>
    public void AfterEnd(TimeSpan ran, int? exitCode, string how, bool canStart = true)
    {
        if (stopping.IsCancellationRequested)
        {
            status.Set(UnitState.Off);
            return;
        }

        if (_restarts.AfterEnd(ran, exitCode) is not { } delay || !canStart)
        {
            status.Fail(how);
            return;
        }

        status.BackOff(delay, how);
        _ = TryAgainAsync(delay, ++_number);
    }

    private async Task TryAgainAsync(TimeSpan delay, int number)
    {
        try
        {
            await Task.Delay(delay, stopping);
            await locked(async () =>
            {
                if (number != _number || status.State != UnitState.BackingOff)
                    return false;
                status.CountRestart();
                await start();
                return true;
            });
        }
        catch (OperationCanceledException)
        {
            // The emperor or the group stops.
        }
    }
}
