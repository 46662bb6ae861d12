namespace TacHost.TestSupport;

/// <summary>A point that somebody reaches, and passes when it is opened.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody stands at the gate.</summary>
    public Task Reached => _reached.Task;

    public static Gate Open()
    {
        var gate = new Gate();
        gate.Release();
        return gate;
    }

    public void Release() => _released.TrySetResult();

    public Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
