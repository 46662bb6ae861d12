namespace TacHost;

/// <summary>Blocking waits for tasks: of the main thread while the application runs, and of the start thread for its phases.</summary>
/// <remarks>
/// For each suspended async method, the runtime compiles five methods, and there would be a chain of ten: 4 ms to the first
/// poem. <c>Task.Wait</c> spins first, and takes processor time from the start that it waits for.
/// </remarks>
internal static class BlockingWait
{
    /// <summary>Returns a handle that is set when the task has completed, in any state.</summary>
    public static WaitHandle AsWaitHandle(this Task task) => ((IAsyncResult)task).AsyncWaitHandle;

    public static void ForAny(params WaitHandle[] handles) => WaitHandle.WaitAny(handles);

    /// <summary>Waits for a task, and rethrows its exception.</summary>
    public static void For(Task task)
    {
        if (!task.IsCompleted)
            task.AsWaitHandle().WaitOne();
        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits for a task, and returns its result or rethrows its exception.</summary>
    public static T Result<T>(Task<T> task)
    {
        For(task);
        return task.GetAwaiter().GetResult();
    }
}
