namespace TacHost.Services.Networking.Listening;

/// <summary>The bound sockets of an application. Keeps them open while their services are restarted.</summary>
/// <remarks>
/// Clients that connect meanwhile wait in the backlog. A restarted service gets back a low port that was bound before the privileges were dropped (ADR 21).
/// </remarks>
internal sealed class ListeningSockets
{
    private readonly Lock _gate = new();
    private readonly List<Retention> _retentions = [];
    private readonly List<IRetainedSocket> _retained = [];
    private readonly List<IRetainedSocket> _used = [];
    private readonly HashSet<int> _inherited = [];
    private SocketExchange? _exchange;

    /// <summary>Keeps the sockets of a service and its descendants open until the result is disposed. A supervisor holds the result from before the stop until after the start.</summary>
    public IDisposable Hold(IService service) => Hold(service.ServicePath);

    /// <summary>Keeps all sockets of the application open, when their services stop, until the result is disposed.</summary>
    public IDisposable Hold() => Hold(null as string);

    private Retention Hold(string? servicePath)
    {
        Retention retention = new(this, servicePath);
        lock (_gate)
            _retentions.Add(retention);
        return retention;
    }

    /// <summary>Retains the socket of a stopping service if the service is being restarted.</summary>
    public bool TryRetain(IRetainedSocket socket)
    {
        lock (_gate)
        {
            if (socket.Name is null || !IsCovered(socket))
                return false;
            _retained.Add(socket);
            return true;
        }
    }

    /// <summary>Returns whether a socket would be retained if its service stopped now.</summary>
    public bool WouldRetain(IRetainedSocket socket)
    {
        lock (_gate)
            return socket.Name is not null && IsCovered(socket);
    }

    /// <summary>Returns a retained socket to a service that starts.</summary>
    /// <param name="name">The endpoint that the service would bind. Port 0 stands for the port that the system had chosen for the same service.</param>
    /// <param name="servicePath">The service.</param>
    public T? TryTake<T>(string name, string servicePath)
        where T : class, IRetainedSocket
    {
        lock (_gate)
        {
            var found = _retained.OfType<T>().FirstOrDefault(socket => socket.Fits(name, servicePath));
            if (found is not null)
                _retained.Remove(found);
            else
                found = _exchange?.TryReserve<T>(name, servicePath);
            if (found is not null)
                Add(found);
            return found;
        }
    }

    /// <summary>Registers a socket that a service uses.</summary>
    public void Add(IRetainedSocket socket)
    {
        lock (_gate)
        {
            if (socket.Name is not null && !_used.Contains(socket))
                _used.Add(socket);
        }
    }

    public bool IsUsed(string name)
    {
        lock (_gate)
            return _used.Exists(socket => socket.Name == name);
    }

    public void Remove(IRetainedSocket socket)
    {
        lock (_gate)
            _used.Remove(socket);
    }

    /// <summary>Offers the sockets of services that leave to services that come, until <see cref="EndExchange"/>.</summary>
    /// <param name="leaving">The paths of the services that leave.</param>
    /// <param name="newcomers">The paths of the services that come.</param>
    /// <exception cref="InvalidOperationException">Another exchange has not ended.</exception>
    public SocketExchange BeginExchange(IReadOnlySet<string> leaving, IReadOnlySet<string> newcomers)
    {
        lock (_gate)
        {
            if (_exchange is not null)
                throw new InvalidOperationException("The sockets of the application are being exchanged already.");
            return _exchange = new SocketExchange([.. _used.Where(socket => leaving.Contains(socket.ServicePath))], [.. _used.Where(socket => !leaving.Contains(socket.ServicePath))], newcomers);
        }
    }

    /// <summary>Gets the sockets that services use and those that are kept for them.</summary>
    public IReadOnlyList<IRetainedSocket> All
    {
        get
        {
            lock (_gate)
                return [.. _used.Union(_retained)];
        }
    }

    /// <summary>Gets the descriptors that this process has inherited, and that services name by their numbers.</summary>
    public IReadOnlyList<int> InheritedDescriptors
    {
        get
        {
            lock (_gate)
                return [.. _inherited];
        }
    }

    /// <summary>Notes a descriptor that this process has inherited.</summary>
    public void AddInherited(int descriptor)
    {
        lock (_gate)
            _inherited.Add(descriptor);
    }

    /// <summary>Offers the sockets of another process to all services of this application, until <see cref="EndExchange"/>. All services begin to accept with the commit.</summary>
    /// <param name="inherited">The sockets, which this object then owns.</param>
    public SocketExchange BeginTakeover(IReadOnlyList<IRetainedSocket> inherited)
    {
        lock (_gate)
            return _exchange = new SocketExchange(inherited, [], newcomers: null);
    }

    /// <summary>Ends an exchange, if it has not ended: with the new services as owners, or unchanged.</summary>
    public void EndExchange(SocketExchange exchange, bool isCommitted)
    {
        lock (_gate)
        {
            if (_exchange != exchange)
                return;
            _exchange = null;
        }

        if (isCommitted)
            exchange.Commit();
        else
            exchange.Cancel();
    }

    public SocketExchange? ExchangeOf(string servicePath)
    {
        lock (_gate)
            return _exchange?.Concerns(servicePath) == true ? _exchange : null;
    }

    /// <summary>Returns whether a new service has reserved a socket, so that its old owner leaves it open.</summary>
    public bool IsReserved(IRetainedSocket socket) => Volatile.Read(ref _exchange)?.IsReserved(socket) == true;

    public void Close()
    {
        lock (_gate)
            _retentions.Clear();
        CloseUncovered();
    }

    private bool IsCovered(IRetainedSocket socket) =>
        _retentions.Exists(retention => retention.ServicePath is null || socket.ServicePath == retention.ServicePath || socket.ServicePath.StartsWith(retention.ServicePath + "/", StringComparison.Ordinal));

    private void CloseUncovered()
    {
        List<IRetainedSocket> closing;
        lock (_gate)
        {
            closing = _retained.FindAll(socket => !IsCovered(socket));
            _retained.RemoveAll(closing.Contains);
            _used.RemoveAll(closing.Contains);
        }

        foreach (var socket in closing)
            socket.Close();
    }

    private sealed class Retention(ListeningSockets sockets, string? servicePath) : IDisposable
    {
        public string? ServicePath => servicePath;

        public void Dispose()
        {
            lock (sockets._gate)
                sockets._retentions.Remove(this);
            sockets.CloseUncovered();
        }
    }
}
