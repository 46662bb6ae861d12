namespace TacHost.Services.Networking.Listening;

/// <summary>The threads that accept for the listeners to which clients connect at the moment, one for each.</summary>
/// <remarks>A thread of its own keeps one that blocks in <c>ConnectionMade</c> from holding up others. A listener that is quiet for a second gives its thread back.</remarks>
internal sealed class AcceptThreads
{
    private static readonly TimeSpan _idleTime = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly Queue<Acceptor> _ready = new();
    private int _idle;

    /// <summary>Gets the threads of the process.</summary>
    public static AcceptThreads Shared { get; } = new();

    /// <summary>Lets a thread accept for an acceptor until it is quiet.</summary>
    public void Run(Acceptor acceptor)
    {
        lock (_gate)
        {
            _ready.Enqueue(acceptor);
            if (_ready.Count <= _idle)
            {
                Monitor.Pulse(_gate);
                return;
            }
        }

        try
        {
            new Thread(Work) { IsBackground = true, Name = "accept" }.UnsafeStart();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // The process has as many threads as it may have. The pool has some already.
            ThreadPool.UnsafeQueueUserWorkItem(_ => Work(), null);
        }
    }

    private void Work()
    {
        using AcceptThread thread = new();
        while (Next() is { } acceptor)
            acceptor.Run(thread);
    }

    private Acceptor? Next()
    {
        lock (_gate)
        {
            _idle++;
            try
            {
                while (_ready.Count == 0)
                {
                    if (!Monitor.Wait(_gate, _idleTime) && _ready.Count == 0)
                        return null;
                }

                return _ready.Dequeue();
            }
            finally
            {
                _idle--;
            }
        }
    }
}
