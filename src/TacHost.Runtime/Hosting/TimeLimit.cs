using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>
/// A cancellation token that is cancelled after a timeout, or earlier by a signal. Exceptions from its
/// callbacks are logged, and end neither the process nor the wait.
/// </summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _sooner;
    private readonly Timer _timer;
    private readonly ILogger _logger;

    /// <param name="time">The timeout.</param>
    /// <param name="logger">The logger for exceptions from callbacks.</param>
    /// <param name="sooner">Cancels the token before the timeout.</param>
    public TimeLimit(TimeSpan time, ILogger logger, CancellationToken sooner)
    {
        _logger = logger;
        _timer = new Timer(static self => ((TimeLimit)self!).Cancel(), this, time, Timeout.InfiniteTimeSpan);
        _sooner = sooner.Register(Cancel);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Gets or sets a callback that is called before the token is cancelled.</summary>
    public Action? OnTimeout { get; set; }

    /// <summary>Waits for a task until the timeout, without observing its result.</summary>
    /// <returns>True if the task has completed.</returns>
    public bool EndsBefore(Task task)
    {
        BlockingWait.ForAny(task.AsWaitHandle(), Token.WaitHandle);
        return task.IsCompleted;
    }

    /// <summary>Waits for a task until the timeout, without observing its result.</summary>
    /// <returns>True if the task has completed.</returns>
    public async Task<bool> EndsBeforeAsync(Task task)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (Token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), reached))
            await Task.WhenAny(task, reached.Task);
        return task.IsCompleted;
    }

    public void Dispose()
    {
        _sooner.Dispose();
        _timer.Dispose();
    }

    private void Cancel()
    {
        OnTimeout?.Invoke();
        try
        {
            _source.Cancel();
        }
        catch (AggregateException e)
        {
            HostLog.CancellationThrew(_logger, e);
        }
    }
}
