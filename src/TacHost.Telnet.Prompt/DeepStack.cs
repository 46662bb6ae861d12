namespace TacHost.Telnet.Prompt;

/// <summary>A stack for the compiler, which recurses as deep as the source is nested. An ordinary one does not bear that.</summary>
internal static class DeepStack
{
    private const int Size = 64 * 1024 * 1024; // reserved, and used only where needed

    /// <summary>Calls something on a thread of its own, which keeps no process from its end.</summary>
    public static Task<T> Run<T>(Func<T> call)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(
            () =>
            {
                try
                {
                    result.SetResult(call());
                }
                catch (Exception e)
                {
                    result.SetException(e);
                }
            },
            Size)
        {
            IsBackground = true,
        };
        thread.Start();
        return result.Task;
    }
}
