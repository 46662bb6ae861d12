namespace TacHost.Servers.Processes;

/// <summary>How a process ended: wait(2)'s status, or null if somebody else has taken it away.</summary>
internal readonly record struct ProcessEnd(int? Status)
{
    private const int SignalBits = 0x7F;

    /// <summary>Gets whether the process has ended with exit code 0.</summary>
    public bool IsSuccess => Status == 0;

    /// <inheritdoc/>
    public override string ToString() => Status switch
    {
        null => "nobody knows how",
        { } status when (status & SignalBits) != 0 => $"killed by signal {status & SignalBits}",
        { } status => $"exit code {(status >> 8) & 0xFF}",
    };
}
