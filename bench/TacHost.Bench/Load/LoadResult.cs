namespace TacHost.Bench.Load;

/// <summary>What a load brought about.</summary>
/// <param name="Poems">How many poems came whole.</param>
/// <param name="Failures">How many did not.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Latencies">In microseconds, from the moment a poem was due to its last byte; sorted.</param>
internal sealed record LoadResult(int Poems, int Failures, TimeSpan Time, float[] Latencies)
{
    public double PerSecond => Poems / Time.TotalSeconds;

    /// <summary>The latency that this part of the poems did not exceed.</summary>
    public double Percentile(double part) =>
        Latencies.Length == 0 ? double.NaN : Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * part))];
}
