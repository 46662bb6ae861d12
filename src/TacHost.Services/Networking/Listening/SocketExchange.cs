namespace TacHost.Services.Networking.Listening;

/// <summary>The transfer of bound sockets from old to new services of a running application.</summary>
/// <remarks>
/// A new listener reserves the socket of a leaving one and does not accept yet. The commit makes it the owner: no socket is bound, duplicated or closed, and no
/// connection is lost. Until then the old listener accepts. Sockets that the new services bind themselves also begin to accept with the commit.
/// </remarks>
/// <param name="offered">The sockets of the services that leave.</param>
/// <param name="staying">The sockets of the services that stay.</param>
/// <param name="newcomers">The paths of the services that come, or null if all do.</param>
internal sealed class SocketExchange(IReadOnlyList<IRetainedSocket> offered, IReadOnlyList<IRetainedSocket> staying, IReadOnlySet<string>? newcomers)
{
    private readonly Lock _gate = new();
    private readonly List<(IRetainedSocket Socket, string Name, string ServicePath)> _reserved = [];
    private readonly List<Action> _begins = [];
    private bool _isOver;

    /// <summary>Returns a socket of a leaving service that fits, or null. The socket stays with its owner until the commit.</summary>
    public T? TryReserve<T>(string name, string servicePath)
        where T : class, IRetainedSocket
    {
        lock (_gate)
        {
            if (_isOver || !Concerns(servicePath))
                return null;
            var found = offered.OfType<T>().FirstOrDefault(socket => !IsReservedAlready(socket) && socket.Fits(name, servicePath));
            if (found is not null)
                _reserved.Add((found, name, servicePath));
            return found;
        }
    }

    /// <summary>Returns whether a socket has been reserved. Its old owner leaves such a socket open.</summary>
    public bool IsReserved(IRetainedSocket socket)
    {
        lock (_gate)
            return !_isOver && IsReservedAlready(socket);
    }

    public bool Concerns(string servicePath) => newcomers is null || newcomers.Contains(servicePath);

    /// <summary>Defers the accepting of a new service until the commit. Has no effect after the exchange was cancelled, because the start has failed.</summary>
    public void Defer(Action begin)
    {
        lock (_gate)
        {
            if (!_isOver)
                _begins.Add(begin);
        }
    }

    /// <summary>Makes the new services the owners of all sockets that they have requested.</summary>
    public void Commit()
    {
        lock (_gate)
        {
            _isOver = true;
            foreach (var (socket, name, servicePath) in _reserved)
                socket.Rename(name, servicePath);
            foreach (var begin in _begins)
                begin();
            if (newcomers is null)
                CloseUnwanted();
        }
    }

    /// <summary>Notes that services which stay have other paths now.</summary>
    public void Move(IReadOnlyDictionary<string, string> paths)
    {
        foreach (var socket in staying)
        {
            if (paths.GetValueOrDefault(socket.ServicePath) is { } path)
                socket.Rename(socket.Name!, path);
        }
    }

    /// <summary>Leaves all sockets with the old services. A socket whose old service has stopped is closed.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _isOver = true;
            foreach (var (socket, _, _) in _reserved.Where(each => !each.Socket.IsOwned))
                socket.Close();
        }
    }

    /// <summary>Closes the inherited sockets that no service has requested, and removes their files.</summary>
    private void CloseUnwanted()
    {
        foreach (var socket in offered.Where(socket => !IsReservedAlready(socket)))
        {
            socket.IsShared = false;
            socket.Close();
        }
    }

    private bool IsReservedAlready(IRetainedSocket socket) => _reserved.Exists(each => each.Socket == socket);
}
