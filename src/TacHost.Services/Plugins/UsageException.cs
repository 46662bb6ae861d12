namespace TacHost.Services.Plugins;

/// <summary>A mistake on the command line, told to the user in one line: the process exits with 64 and has started nothing. Ported from <c>twisted.python.usage.UsageError</c>.</summary>
public sealed class UsageException : Exception
{
    /// <summary>Initializes the exception with a message.</summary>
    /// <param name="message">The error, the option, and the remedy, such as <c>--cert is missing, which --tls needs.</c></param>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes the exception with a message and its cause.</summary>
    /// <param name="message">The error, the option, and the remedy.</param>
    /// <param name="cause">The exception.</param>
    public UsageException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
