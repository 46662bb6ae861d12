namespace TacHost.Services.Networking;

/// <summary>The exception for a node of a cluster that does not run on this machine, or does not answer. The message contains the cause.</summary>
public sealed class NodeUnavailableException : NetworkingException
{
    internal NodeUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
