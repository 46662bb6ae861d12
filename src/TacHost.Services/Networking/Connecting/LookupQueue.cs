using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connecting;

/// <summary>Look-ups of names that wait for one of a few threads, in the order in which they came, as far as the limits of each client allow (docs/adr/0016).</summary>
/// <remarks>getaddrinfo(3) cannot be cancelled: a caller that leaves takes its look-up out of the queue, and leaves one that has begun to its thread.</remarks>
internal sealed class LookupQueue(Func<string, IPAddress[]> lookUp, LookupLimits limits)
{
    private readonly object _gate = new();
    private readonly LinkedList<Lookup> _waiting = new();
    private readonly Dictionary<string, Lookup> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<object, int> _runningByClient = [];
    private int _runningForClients;
    private int _threads;
    private int _idle;

    /// <summary>Resolves a name.</summary>
    /// <exception cref="SocketException">The name does not resolve, it took too long, or there are too many look-ups.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, object? client, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lookup = Enter(host, client is IPAddress address ? ClientNetwork.Of(address) : client);
        try
        {
            return await lookup.Completion.Task.WaitAsync(limits.Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new SocketException((int)SocketError.TryAgain);
        }
        finally
        {
            Remove(lookup);
        }
    }

    private Lookup Enter(string host, object? client)
    {
        lock (_gate)
        {
            // Only one that has begun is shared: one that waits is held up by the limits of another client.
            if (_running.TryGetValue(host, out var lookup))
            {
                lookup.Callers++;
                return lookup;
            }

            if (_waiting.Count >= limits.Waiting || (client is not null && _waiting.Count(each => client.Equals(each.Client)) >= limits.WaitingPerClient))
                throw new SocketException((int)SocketError.TryAgain);
            if (_waiting.Count >= _idle && _threads < limits.Threads)
                StartThread();
            lookup = new Lookup(host, client);
            _waiting.AddLast(lookup);
            Monitor.Pulse(_gate);
            return lookup;
        }
    }

    private void Remove(Lookup lookup)
    {
        lock (_gate)
        {
            if (--lookup.Callers == 0)
                _waiting.Remove(lookup);
        }
    }

    private void StartThread()
    {
        try
        {
            new Thread(Work) { IsBackground = true, Name = "resolve names" }.UnsafeStart();
            _threads++;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // The limit of threads is reached: use the existing ones.
            if (_threads == 0)
                throw new SocketException((int)SocketError.TryAgain);
        }
    }

    private void Work()
    {
        while (Dequeue() is { } lookup)
        {
            try
            {
                lookup.Completion.SetResult(lookUp(lookup.Host));
            }
            catch (Exception e)
            {
                // Isolates one lookup. The caller may have stopped waiting, so the exception is marked as observed.
                lookup.Completion.SetException(e);
                _ = lookup.Completion.Task.Exception;
            }

            End(lookup);
        }
    }

    /// <summary>Waits for a look-up that may begin.</summary>
    /// <returns>Null if the thread must end.</returns>
    private Lookup? Dequeue()
    {
        lock (_gate)
        {
            var isLast = false;
            while (true)
            {
                if (_waiting.FirstOrDefault(MayBegin) is { } lookup)
                {
                    Begin(lookup);
                    return lookup;
                }

                if (isLast)
                {
                    _threads--;
                    return null;
                }

                _idle++;
                isLast = !Monitor.Wait(_gate, limits.IdleTime);
                _idle--;
            }
        }
    }

    private bool MayBegin(Lookup lookup) =>
        lookup.Client is null || (_runningForClients < limits.ThreadsForClients && _runningByClient.GetValueOrDefault(lookup.Client) < limits.ThreadsPerClient);

    private void Begin(Lookup lookup)
    {
        _waiting.Remove(lookup);
        _running.TryAdd(lookup.Host, lookup);
        if (lookup.Client is null)
            return;
        _runningForClients++;
        _runningByClient[lookup.Client] = _runningByClient.GetValueOrDefault(lookup.Client) + 1;
    }

    private void End(Lookup lookup)
    {
        lock (_gate)
        {
            if (_running.TryGetValue(lookup.Host, out var shared) && shared == lookup)
                _running.Remove(lookup.Host);
            if (lookup.Client is null)
                return;
            _runningForClients--;
            if (--_runningByClient[lookup.Client] == 0)
                _runningByClient.Remove(lookup.Client);
        }
    }

    private sealed class Lookup(string host, object? client)
    {
        public string Host => host;

        public object? Client => client;

        public int Callers { get; set; } = 1;

        public TaskCompletionSource<IPAddress[]> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
