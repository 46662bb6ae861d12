namespace FastPoetry.Services;

/// <summary>The exception for a poem that could not be received. The message contains the address and the reason.</summary>
public sealed class PoetryException : Exception
{
    /// <summary>Initializes the exception.</summary>
    /// <param name="message">The message, with the poem and the reason.</param>
    /// <param name="cause">The cause, or null.</param>
    public PoetryException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
