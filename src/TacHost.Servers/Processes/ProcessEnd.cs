namespace TacHost.Servers.Processes;

/// <summary>How a process ended: wait(2)'s status, or null if somebody else has taken it away.</summary>
internal readonly record struct ProcessEnd(int? Status)
{
    private const int SignalBits = 0x7F;

    /// <inheritdoc/>
    public override string ToString() => Status switch
    {
        null => "nobody knows how",
        { } status when (status & SignalBits) != 0 => $"killed by signal {status & SignalBits}",
        { } status => $"exit code {(status >> 8) & 0xFF}",
    };
}
