using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>The place of one connection among those that the limits allow.</summary>
internal sealed class Admission(ConnectionLimiter limiter)
{
    private IPAddress? _address;
    private bool _left;

    /// <summary>Counts the connection to an address too, unless that has as many as it may have.</summary>
    public bool TryCountTo(IPAddress address)
    {
        if (!limiter.TryEnter(address))
            return false;
        _address = address;
        return true;
    }

    /// <summary>Gives the place back. Again does nothing.</summary>
    public void Leave()
    {
        if (!Interlocked.Exchange(ref _left, true))
            limiter.Leave(_address);
    }
}
