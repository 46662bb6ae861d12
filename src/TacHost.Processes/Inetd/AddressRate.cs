using System.Net;

namespace TacHost.Processes.Inetd;

/// <summary>The rate limit of program starts for each address. The counters of all addresses restart every minute.</summary>
internal sealed class AddressRate(int most, TimeProvider timeProvider)
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _begin = timeProvider.GetTimestamp();

    /// <summary>Counts a start for an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isFirstRefusal">True if the address had its last start just before.</param>
    /// <returns>True if the program may be started.</returns>
    public bool TryStart(IPAddress address, out bool isFirstRefusal)
    {
        lock (_gate)
        {
            if (timeProvider.GetElapsedTime(_begin) >= _minute)
            {
                _counts.Clear();
                _begin = timeProvider.GetTimestamp();
            }

            var count = _counts.GetValueOrDefault(address);
            isFirstRefusal = count == most;
            _counts[address] = Math.Min(count, most) + 1;
            return count < most;
        }
    }
}
