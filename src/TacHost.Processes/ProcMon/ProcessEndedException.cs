namespace TacHost.Processes.ProcMon;

/// <summary>A command of a <see cref="ProcessMonitor"/> has ended, or did not start again.</summary>
public sealed class ProcessEndedException : IOException
{
    internal ProcessEndedException(string message, bool isGivenUp, Exception? cause = null)
        : base(message, cause) => IsGivenUp = isGivenUp;

    /// <summary>Gets whether the command has failed too often in a row and is not started again.</summary>
    public bool IsGivenUp { get; }

    /// <summary>Returns only the message, because the stack is meaningless for the end of a program.</summary>
    public override string ToString() => Message;
}
