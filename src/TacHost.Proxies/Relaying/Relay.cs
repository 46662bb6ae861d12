namespace TacHost.Proxies.Relaying;

/// <summary>The shared state of the two connections of a relay: the number of half-closed sides, and the number of relayed bytes.</summary>
internal sealed class Relay
{
    private int _ends;
    private long _bytes;

    /// <summary>Gets the number of relayed bytes in both directions.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Adds to the number of relayed bytes.</summary>
    public void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Records that one side has half-closed its connection.</summary>
    /// <returns>True if both sides have.</returns>
    public bool End() => Interlocked.Increment(ref _ends) == 2;
}
