namespace TacHost.Servers.Relaying;

/// <summary>What the two connections of a relay share: how many of them have sent all, and how much has passed.</summary>
internal sealed class Relay
{
    private int _ends;
    private long _bytes;

    /// <summary>How many bytes have passed, in both directions.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Counts what passes.</summary>
    public void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>One side sends no more.</summary>
    /// <returns>Whether neither does.</returns>
    public bool End() => Interlocked.Increment(ref _ends) == 2;
}
