namespace TacHost.Hosting;

/// <summary>Waits for work that cannot be ended from outside.</summary>
internal static class Waiting
{
    /// <summary>Waits for a task, without observing how it ends, until a token is cancelled.</summary>
    /// <returns>Whether the task has ended.</returns>
    public static async Task<bool> EndsBeforeAsync(Task task, CancellationToken limit)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = limit.Register(reached.SetResult);
        await Task.WhenAny(task, reached.Task);
        return task.IsCompleted;
    }
}
