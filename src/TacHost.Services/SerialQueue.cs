namespace TacHost.Services;

/// <summary>Handles items on the thread pool, one at a time and in the order in which they were posted. Costs nothing while it is empty.</summary>
/// <param name="handle">Handles one item. Must not throw.</param>
internal sealed class SerialQueue<T>(Func<T, Task> handle)
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _items = [];
    private bool _isOpen = true;
    private bool _isHandling;
    private Task _handling = Task.CompletedTask;

    /// <summary>Completes when the items that are there now have been handled.</summary>
    public Task Quiet
    {
        get
        {
            lock (_gate)
                return _handling;
        }
    }

    /// <summary>Queues an item. Returns at once.</summary>
    public void Post(T item)
    {
        lock (_gate)
        {
            _items.Enqueue(item);
            HandleIfNeeded();
        }
    }

    /// <summary>Handles what waits in the queue, and what comes.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isOpen = true;
            HandleIfNeeded();
        }
    }

    /// <summary>Handles no further item until <see cref="Open"/> is called. Items that wait are dropped.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isOpen = false;
            _items.Clear();
        }
    }

    private void HandleIfNeeded()
    {
        if (_isHandling || !_isOpen || _items.Count == 0)
            return;
        _isHandling = true;
        _handling = Task.Run(HandleAllAsync);
    }

    private async Task HandleAllAsync()
    {
        while (true)
        {
            T item;
            lock (_gate)
            {
                if (!_isOpen || !_items.TryDequeue(out item!))
                {
                    _isHandling = false;
                    return;
                }
            }

            await handle(item);
        }
    }
}
