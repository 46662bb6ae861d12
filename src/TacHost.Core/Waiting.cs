namespace TacHost;

/// <summary>How the main thread waits while the application runs on others, and the thread of a start for its parts: asleep, and not as a task.</summary>
/// <remarks>
/// Each async method that is suspended has .NET compile five methods for it, and there would be ten in a chain: 4 ms to the first poem. A wait for a task by
/// its own means spins first, and takes the processor from the start that it waits for.
/// </remarks>
internal static class Waiting
{
    /// <summary>A handle that is set when the task has ended, in whatever way.</summary>
    public static WaitHandle AsWaitHandle(this Task task) => ((IAsyncResult)task).AsyncWaitHandle;

    /// <summary>Waits for the first of them.</summary>
    public static void ForAny(params WaitHandle[] handles) => WaitHandle.WaitAny(handles);

    /// <summary>Waits for a task to end, and throws what it threw.</summary>
    public static void For(Task task)
    {
        if (!task.IsCompleted)
            task.AsWaitHandle().WaitOne();
        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task to end, and throws what it threw.</summary>
    public static T Result<T>(Task<T> task)
    {
        For(task);
        return task.GetAwaiter().GetResult();
    }
}
