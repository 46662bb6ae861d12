namespace FastPoetry.Services;

/// <summary>A poem could not be had. The message says from where and why.</summary>
public sealed class PoetryException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which poem, and why.</param>
    /// <param name="cause">The exception, or null.</param>
    public PoetryException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
