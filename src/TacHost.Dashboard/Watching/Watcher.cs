using TacHost.Control.Wire;
using TacHost.Services;

namespace TacHost.Dashboard.Watching;

/// <summary>Asks all processes for their state once a second, while a page is open.</summary>
internal sealed class Watcher : Service
{
    private const int KeptSnapshots = 10;
    private const int KeptLines = 300;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>The time limits of a process for a new answer and for its first answer. After them, the page shows the other processes.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(500), _firstTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The time for which a page counts as open after a request.</summary>
    private static readonly TimeSpan _interest = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ProcessLink> _links = [];
    private readonly Queue<Snapshot> _snapshots = new();
    private readonly Dictionary<(int Process, string Application), Queue<WatchedLine>> _lines = [];
    private TaskCompletionSource _looked = NewSource();
    private TaskCompletionSource<Snapshot> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first version differs from those of an earlier process, which open pages may know.</summary>
    private Snapshot _last = new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), [], 0);
    private DateTimeOffset _wantedUntil;
    private DateTimeOffset _seen;
    private long _lineNumber;

    /// <summary>Returns the present state, which is at most a second old.</summary>
    public Task<Snapshot> NowAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = TimeProvider.System.GetUtcNow();
            Want(now);
            return now - _seen < _interval ? Task.FromResult(_last) : _next.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns the next state after another.</summary>
    public Task<Snapshot> AfterAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Want(TimeProvider.System.GetUtcNow());
            return _last.Version > snapshot.Version ? Task.FromResult(_last) : _next.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns a state of the last seconds, or null if it is older.</summary>
    public Snapshot? Find(long version)
    {
        lock (_gate)
            return _snapshots.FirstOrDefault(snapshot => snapshot.Version == version);
    }

    /// <summary>Returns lines of the log.</summary>
    /// <param name="after">The number after which they begin.</param>
    /// <param name="end">The number of the last one.</param>
    public IReadOnlyList<WatchedLine> Lines(long after, long end)
    {
        lock (_gate)
            return [.. _lines.Values.SelectMany(lines => lines).Where(line => line.Number > after && line.Number <= end).OrderBy(line => line.Number)];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_interval);
        try
        {
            while (true)
            {
                await WantedAsync(stoppingToken);
                await LookAsync(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        finally
        {
            DropLinks(_links.Keys.ToList());
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Want(DateTimeOffset now)
    {
        _wantedUntil = now + _interest;
        _looked.TrySetResult();
    }

    private async Task WantedAsync(CancellationToken stoppingToken)
    {
        Task looked;
        lock (_gate)
        {
            if (TimeProvider.System.GetUtcNow() < _wantedUntil)
                return;
            _looked = NewSource();
            looked = _looked.Task;
        }

        // No page is open: closed connections free threads of the other processes. Later, these send their last lines again.
        DropLinks(_links.Keys.ToList());
        lock (_gate)
            _lines.Clear();
        await looked.WaitAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var names = ControlAddress.All();
        DropLinks(_links.Keys.Except(names).ToList());
        foreach (var name in names)
            _links.TryAdd(name, new ProcessLink(name));
        var isFirst = _links.Values.Any(link => !link.HasAnswered);
        var all = Task.WhenAll(_links.Values.Select(link => link.Ask(Add)));
        await all.WaitAsync(isFirst ? _firstTimeout : _timeout, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
        Publish([.. _links.Values.Select(link => link.Last).OfType<WatchedProcess>()]);
    }

    private void DropLinks(List<string> names)
    {
        foreach (var name in names)
        {
            if (_links.Remove(name, out var link))
                link.Asking.ContinueWith((_, gone) => ((ProcessLink)gone!).Dispose(), link, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Publish(List<WatchedProcess> processes)
    {
        // After an upgrade, the old process only ends its connections.
        processes.RemoveAll(each => each.Status?.Process.Successor is { } successor && processes.Exists(other => other.Id == successor));
        processes.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name) is not 0 and var order ? order : one.Id - other.Id);
        TaskCompletionSource<Snapshot> waiting;
        lock (_gate)
        {
            _last = new Snapshot(_last.Version + 1, processes, _lineNumber);
            _seen = TimeProvider.System.GetUtcNow();
            foreach (var ended in _lines.Keys.Where(key => !processes.Exists(process => process.Id == key.Process)).ToList())
                _lines.Remove(ended);
            _snapshots.Enqueue(_last);
            if (_snapshots.Count > KeptSnapshots)
                _snapshots.Dequeue();
            (waiting, _next) = (_next, new TaskCompletionSource<Snapshot>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waiting.SetResult(_last);
    }

    private void Add(int process, string application, LogReport line)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue((process, application), out var lines))
                _lines[(process, application)] = lines = new Queue<WatchedLine>();
            lines.Enqueue(new WatchedLine(++_lineNumber, process, application, line));
            if (lines.Count > KeptLines)
                lines.Dequeue();
        }
    }
}
