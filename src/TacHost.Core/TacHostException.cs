namespace TacHost;

/// <summary>A failure whose message is shown to the user unchanged, and that ends the process with an exit code.</summary>
internal class TacHostException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Gets the exit code, one of <see cref="TacHost.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Gets the mistakes in the message, each with its line; may be empty.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Returns the text for a terminal: the message, and for debugging the cause with its stack trace.</summary>
    public string TextWith(bool trace) => trace && InnerException is { } inner ? $"{Message}\n{inner}" : Message;
}
