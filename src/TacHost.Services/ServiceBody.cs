namespace TacHost.Services;

/// <summary>The long-running body of a service, in one run of it.</summary>
internal sealed class ServiceBody(Service service, ServiceLife life)
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the body. Its outcome is reported to the state machine.</summary>
    public async Task RunAsync()
    {
        var stoppingToken = _stopping.Token;
        try
        {
            if (service.BodyGate is { } gate)
                await gate.Task.WaitAsync(stoppingToken);
            if (service.Execute(stoppingToken) is { } body)
            {
                await body;
                life.Complete(this);
            }
            else
            {
                life.Release(this);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            life.Fail(e, this);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    /// <summary>Cancels the body and waits for its end.</summary>
    /// <exception cref="TimeoutException">The body has not ended within the grace period.</exception>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        var hasEnded = false;
        try
        {
            await _stopping.CancelAsync();
        }
        finally
        {
            hasEnded = await GracePeriod.WaitAsync(_ended.Task, cancellationToken);
        }

        if (!hasEnded)
            throw new TimeoutException($"The long-running body of the service '{service.ServicePath}' did not end within the grace period. It must observe its stoppingToken.");
    }
}
