using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>A limiter for the connections of one server over all of its listeners.</summary>
internal sealed class ConnectionLimiter(ConnectionLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly HashSet<Action> _waiting = [];
    private int _count;

    /// <summary>Gets whether a connection beyond the limit waits. Otherwise it is refused.</summary>
    public bool Waits => limits.OnLimitReached == ConnectionLimitBehavior.Wait;

    /// <summary>Acquires a permit, or returns null if the limit is reached.</summary>
    /// <param name="wake">Called when a permit is available, if connections beyond the limit wait.</param>
    public ConnectionPermit? TryAcquire(Action wake)
    {
        lock (_gate)
        {
            if (_count < limits.MaxConnections || limits.MaxConnections is null)
            {
                _count++;
                return new ConnectionPermit(this);
            }

            if (Waits)
                _waiting.Add(wake);
            return null;
        }
    }

    public bool TryCount(IPAddress address)
    {
        if (limits.MaxConnectionsPerAddress is not { } most)
            return true;
        lock (_gate)
        {
            var count = _byAddress.GetValueOrDefault(address);
            if (count >= most)
                return false;
            _byAddress[address] = count + 1;
            return true;
        }
    }

    public void Release(IPAddress? address)
    {
        Action[] waiting = [];
        lock (_gate)
        {
            _count--;
            if (_waiting.Count > 0)
            {
                waiting = [.. _waiting];
                _waiting.Clear();
            }

            if (address is not null && limits.MaxConnectionsPerAddress is not null)
            {
                if (_byAddress[address] == 1)
                    _byAddress.Remove(address);
                else
                    _byAddress[address]--;
            }
        }

        foreach (var wake in waiting)
            wake();
    }
}
