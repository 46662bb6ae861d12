namespace TacHost.Native;

/// <summary>The status of an ended process from waitpid(2).</summary>
internal readonly record struct ExitStatus(int Raw)
{
    /// <summary>Gets the signal that ended the process, or 0.</summary>
    public int Signal => Raw & 0x7F;

    /// <summary>Gets the exit code, if the process was not ended by a signal.</summary>
    public int Code => (Raw >> 8) & 0xFF;
}
