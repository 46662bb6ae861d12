using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>A token for services that is cancelled after a time, or sooner at a signal. What their callbacks throw at that moment is logged, and ends neither the process nor the wait.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _sooner;
    private readonly Timer _timer;
    private readonly ILogger _logger;

    /// <param name="time">How long.</param>
    /// <param name="logger">Hears of callbacks that throw.</param>
    /// <param name="sooner">Ends it before.</param>
    public TimeLimit(TimeSpan time, ILogger logger, CancellationToken sooner)
    {
        _logger = logger;
        _timer = new Timer(static self => ((TimeLimit)self!).Cancel(), this, time, Timeout.InfiniteTimeSpan);
        _sooner = sooner.Register(Cancel);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Called when the limit is reached, before anybody else hears of it.</summary>
    public Action? BeforeCancelling { get; set; }

    /// <summary>Waits for a task, without observing how it ends, until the limit is reached.</summary>
    /// <returns>Whether the task has ended.</returns>
    public bool EndsBefore(Task task)
    {
        Waiting.ForAny(task.AsWaitHandle(), Token.WaitHandle);
        return task.IsCompleted;
    }

    /// <summary>Waits for a task, without observing how it ends, until the limit is reached.</summary>
    /// <returns>Whether the task has ended.</returns>
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
        BeforeCancelling?.Invoke();
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
