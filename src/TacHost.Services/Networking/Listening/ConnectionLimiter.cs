using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>Counts the connections of one server, over all of its listeners, against their limits.</summary>
internal sealed class ConnectionLimiter(ConnectionLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly ManualResetEventSlim _room = new(initialState: true);
    private int _count;

    /// <summary>Whether to wait for room rather than to refuse.</summary>
    public bool Waits => limits.WhenReached == LimitAction.Wait;

    /// <summary>Set while there is room.</summary>
    public WaitHandle Room => _room.WaitHandle;

    /// <summary>Takes a place, or null if there is none.</summary>
    public ConnectionPermit? TryAcquire()
    {
        lock (_gate)
        {
            if (_count >= limits.Connections)
                return null;
            _count++;
            if (_count >= limits.Connections)
                _room.Reset();
            return new ConnectionPermit(this);
        }
    }

    /// <summary>Counts a connection to an address, or says that it has enough of them.</summary>
    public bool TryCount(IPAddress address)
    {
        if (limits.ConnectionsPerAddress is not { } most)
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

    /// <summary>Gives a place back.</summary>
    public void Release(IPAddress? address)
    {
        lock (_gate)
        {
            _count--;
            _room.Set();
            if (address is null || limits.ConnectionsPerAddress is null)
                return;
            if (_byAddress[address] == 1)
                _byAddress.Remove(address);
            else
                _byAddress[address]--;
        }
    }
}
