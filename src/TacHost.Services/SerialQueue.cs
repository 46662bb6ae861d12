namespace TacHost.Services;

/// <summary>A queue that handles items on the thread pool, one at a time and in the order in which they were posted. Costs nothing while it is empty.</summary>
/// <param name="handle">Handles one item. Must not throw.</param>
internal sealed class SerialQueue<T>(Func<T, Task> handle)
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _items = [];
    private bool _isOpen = true;
    private bool _isHandling;
    private Task _handling = Task.CompletedTask;

    /// <summary>Gets a task that completes when the items that are queued now have been handled.</summary>
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

    /// <summary>Handles the queued items and those posted later.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isOpen = true;
            HandleIfNeeded();
        }
    }

    /// <summary>Drops the queued items. Items posted later are not handled until <see cref="Open"/> is called.</summary>
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
