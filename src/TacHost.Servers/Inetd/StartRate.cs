namespace TacHost.Servers.Inetd;

/// <summary>How often the program of a service may be started: so many times in a minute, counted from the first.</summary>
internal sealed class StartRate(int most, TimeProvider timeProvider)
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _begin;
    private int _count;
    private int _refused;

    /// <summary>Counts a start, or says that there are enough of them.</summary>
    /// <param name="isFirstRefusal">Whether the one before it was not refused.</param>
    /// <param name="remaining">How long the minute has still to go.</param>
    /// <param name="refusedBefore">How many were refused in the minute that has ended just now.</param>
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
