namespace TacHost.Services;

/// <summary>The start of a child that joins a running group. A stop of the group cancels it.</summary>
internal sealed class PendingStart
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationToken Cancelled => _cancellation.Token;

    public void Complete() => _ended.SetResult();

    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        await _cancellation.CancelAsync();
        await _ended.Task.WaitAsync(cancellationToken);
    }
}
