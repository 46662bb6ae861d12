namespace TacHost.Services.Networking;

/// <summary>The base of the exceptions for sockets that cannot be bound or connected.</summary>
public abstract class NetworkingException : Exception
{
    private protected NetworkingException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
