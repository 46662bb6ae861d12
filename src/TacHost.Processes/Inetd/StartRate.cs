namespace TacHost.Processes.Inetd;

/// <summary>A limit for the starts of a service's program per minute. The minute begins with the first start.</summary>
internal sealed class StartRate(int most, TimeProvider timeProvider)
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _begin;
    private int _count;
    private int _refused;

    /// <summary>Counts a start, or refuses it if the limit is reached.</summary>
    /// <param name="isFirstRefusal">True if this is the first refused start of the minute.</param>
    /// <param name="remaining">The remaining time of the minute.</param>
    /// <param name="refusedBefore">The number of starts refused in the minute that has just ended.</param>
    public bool TryStart(out bool isFirstRefusal, out TimeSpan remaining, out int refusedBefore)
    {
        lock (_gate)
        {
            (isFirstRefusal, remaining, refusedBefore) = (false, TimeSpan.Zero, 0);
            if (most == 0)
                return true;
            var elapsed = timeProvider.GetElapsedTime(_begin);
            if (_count == 0 || elapsed >= _minute)
            {
                refusedBefore = _refused;
                (_begin, _count, _refused, elapsed) = (timeProvider.GetTimestamp(), 0, 0, TimeSpan.Zero);
            }

            if (_count < most)
            {
                _count++;
                return true;
            }

            isFirstRefusal = _refused++ == 0;
            remaining = _minute - elapsed;
            return false;
        }
    }
}
