namespace TacHost.Processes;

/// <summary>The exit status of a process from wait(2), or null if the status has been collected by other code.</summary>
internal readonly record struct ProcessExitStatus(int? Status)
{
    private const int SignalBits = 0x7F;

    /// <summary>Gets whether the process has ended with exit code 0.</summary>
    public bool IsSuccess => Status == 0;

    /// <inheritdoc/>
    public override string ToString() => Status switch
    {
        null => "its exit status is unknown",
        { } status when (status & SignalBits) != 0 => $"killed by signal {status & SignalBits}",
        { } status => $"exit code {(status >> 8) & 0xFF}",
    };
}
