using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>A permit for one connection under the limits.</summary>
internal sealed class ConnectionPermit(ConnectionLimiter limiter) : IDisposable
{
    private IPAddress? _address;
    private bool _left;

    /// <summary>Counts the connection of an address too, unless the address has reached its limit.</summary>
    public bool TryCountTo(IPAddress address)
    {
        if (!limiter.TryCount(address))
            return false;
        _address = address;
        return true;
    }

    /// <summary>Releases the permit. Calling it twice has no effect.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _left, true))
            limiter.Release(_address);
    }
}
