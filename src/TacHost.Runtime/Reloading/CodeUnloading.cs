namespace TacHost.Reloading;

/// <summary>Collects the code that reloads and plans have loaded and that nothing uses any more. An idle process would not collect for days.</summary>
internal sealed class CodeUnloading
{
    /// <summary>One collection finds the load context, one its code, one the rest; each runs finalizers that the next one needs.</summary>
    private const int Rounds = 4;

    private readonly Lock _gate = new();
    private int _left;

    /// <summary>Begins to collect on another thread. Has no effect on the caller, and begins anew if it is under way.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            var isRunning = _left > 0;
            _left = Rounds;
            if (isRunning)
                return;
        }

        new Thread(Run) { IsBackground = true, Name = "code unloading", Priority = ThreadPriority.BelowNormal }.Start();
    }

    private void Run()
    {
        do
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            GC.WaitForPendingFinalizers();
        }
        while (IsAnyLeft());
    }

    private bool IsAnyLeft()
    {
        lock (_gate)
            return --_left > 0;
    }
}
