namespace TacHost.Services.Plugins;

/// <summary>A mistake on the command line, told to the user in one line: the process exits with 64 and has started nothing. Ported from <c>twisted.python.usage.UsageError</c>.</summary>
public sealed class UsageException : Exception
{
    /// <summary>A mistake in words.</summary>
    /// <param name="message">What is wrong, on which option, and what to write instead, such as <c>--cert is missing, which --tls needs.</c></param>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>A mistake in words, and what told of it.</summary>
    /// <param name="message">What is wrong, on which option, and what to write instead.</param>
    /// <param name="cause">What was thrown.</param>
    public UsageException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
