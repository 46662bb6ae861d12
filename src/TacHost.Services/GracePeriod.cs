namespace TacHost.Services;

/// <summary>Waits for operations that must end within the grace period, and a moment longer, in which they can react to its end.</summary>
internal static class GracePeriod
{
    /// <summary>Shorter than that of a group, which knows less about the reason of a delay.</summary>
    private static readonly TimeSpan _finalWait = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan _finalWaitOfGroup = TimeSpan.FromSeconds(1);

    /// <summary>Waits for an operation, whatever its outcome.</summary>
    /// <returns>True if the operation has ended.</returns>
    public static async Task<bool> WaitAsync(Task ending, CancellationToken cancellationToken)
    {
        await ending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCompleted)
            await ending.WaitAsync(_finalWait, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ending.IsCompleted;
    }

    /// <summary>Waits for the stop of a child. A child that is stuck must not keep its siblings from being stopped.</summary>
    /// <exception cref="TimeoutException">The child has not stopped.</exception>
    public static async Task WaitForStopAsync(Task stop, string path, CancellationToken cancellationToken)
    {
        try
        {
            await stop.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await stop.WaitAsync(_finalWaitOfGroup, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCompleted)
                throw new TimeoutException($"The service '{path}' did not stop within the grace period.");
            await stop;
        }
    }
}
