namespace TacHost.Services.Networking.Listening;

/// <summary>The bound sockets of an application that are without a service for a while: they are kept open while their services are restarted.</summary>
/// <remarks>
/// Clients that connect meanwhile wait in the backlog. A low port that was bound before privileges were given up is there again for the restarted service (docs/adr/0021).
/// </remarks>
internal sealed class ListeningSockets
{
    private readonly Lock _gate = new();
    private readonly List<Keeping> _keepings = [];
    private readonly List<IKeptSocket> _kept = [];
    private readonly List<IKeptSocket> _used = [];
    private readonly HashSet<int> _inherited = [];
    private SocketExchange? _exchange;

    /// <summary>Keeps the sockets of a service and of all below it open, when they stop, until the result is disposed. A supervisor holds it from before the stop to after the start.</summary>
    public IDisposable Hold(IService service) => Hold(service.ServicePath);

    /// <summary>Keeps all sockets of the application open, when their services stop, until the result is disposed.</summary>
    public IDisposable Hold() => Hold(null as string);

    private Keeping Hold(string? servicePath)
    {
        Keeping keeping = new(this, servicePath);
        lock (_gate)
            _keepings.Add(keeping);
        return keeping;
    }

    /// <summary>Takes over a socket from a service that stops, if its services are being restarted.</summary>
    public bool TryKeep(IKeptSocket socket)
    {
        lock (_gate)
        {
            if (socket.Name is null || !IsCovered(socket))
                return false;
            _kept.Add(socket);
            return true;
        }
    }

    /// <summary>Gets whether a socket of this name would be kept when its service stops now.</summary>
    public bool WouldKeep(IKeptSocket socket)
    {
        lock (_gate)
            return socket.Name is not null && IsCovered(socket);
    }

    /// <summary>Gives a kept socket to a service.</summary>
    /// <param name="name">What the service would bind. Port 0 stands for the port that the system had picked for the same service.</param>
    /// <param name="servicePath">The service.</param>
    public T? TryTake<T>(string name, string servicePath)
        where T : class, IKeptSocket
    {
        lock (_gate)
        {
            var index = _kept.FindIndex(socket => socket is T && socket.Fits(name, servicePath));
            if (index < 0)
                return _exchange?.TryReserve<T>(name, servicePath);
            var found = (T)_kept[index];
            _kept.RemoveAt(index);
            return found;
        }
    }

    /// <summary>Notes that a service uses a socket.</summary>
    public void Add(IKeptSocket socket)
    {
        lock (_gate)
        {
            if (socket.Name is not null && !_used.Contains(socket))
                _used.Add(socket);
        }
    }

    /// <summary>Returns whether a service uses a socket of this name.</summary>
    public bool IsUsed(string name)
    {
        lock (_gate)
            return _used.Exists(socket => socket.Name == name);
    }

    /// <summary>Notes that a socket is closed.</summary>
    public void Remove(IKeptSocket socket)
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
    public IReadOnlyList<IKeptSocket> All
    {
        get
        {
            lock (_gate)
                return [.. _used.Union(_kept)];
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
    public SocketExchange BeginTakeover(IReadOnlyList<IKeptSocket> inherited)
    {
        lock (_gate)
            return _exchange = new SocketExchange(inherited, [], newcomers: null);
    }

    /// <summary>Ends an exchange, if it has not ended: with the new services as owners, or with everything as it was.</summary>
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

    /// <summary>Returns the exchange that a service comes with, or null.</summary>
    public SocketExchange? ExchangeOf(string servicePath)
    {
        lock (_gate)
            return _exchange?.Concerns(servicePath) == true ? _exchange : null;
    }

    /// <summary>Returns whether a new service has reserved a socket, so that its old owner leaves it open.</summary>
    public bool IsReserved(IKeptSocket socket) => Volatile.Read(ref _exchange)?.IsReserved(socket) == true;

    /// <summary>Closes all that are kept.</summary>
    public void Close()
    {
        lock (_gate)
            _keepings.Clear();
        CloseUncovered();
    }

    private bool IsCovered(IKeptSocket socket) =>
        _keepings.Exists(keeping => keeping.ServicePath is null || socket.ServicePath == keeping.ServicePath || socket.ServicePath.StartsWith(keeping.ServicePath + "/", StringComparison.Ordinal));

    private void CloseUncovered()
    {
        List<IKeptSocket> closing;
        lock (_gate)
        {
            closing = _kept.FindAll(socket => !IsCovered(socket));
            _kept.RemoveAll(closing.Contains);
            _used.RemoveAll(closing.Contains);
        }

        foreach (var socket in closing)
            socket.Close();
    }

    private sealed class Keeping(ListeningSockets sockets, string? servicePath) : IDisposable
    {
        public string? ServicePath => servicePath;

        public void Dispose()
        {
            lock (sockets._gate)
                sockets._keepings.Remove(this);
            sockets.CloseUncovered();
        }
    }
}
