namespace TacHost;

/// <summary>A failure that is told to the user as it is, and ends the process with an exit code.</summary>
internal class TacHostException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>One of <see cref="TacHost.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What is shown on a terminal: the message, and for whoever debugs the cause with its stack trace.</summary>
    public string TextWith(bool trace) => trace && InnerException is { } inner ? $"{Message}\n{inner}" : Message;
}
