namespace TacHost.Services.Networking;

/// <summary>Gets the connections that a <see cref="ListenerGroup"/> accepts, for a server that does not work with protocols.</summary>
public interface IConnectionHandler
{
    /// <summary>Handles an accepted connection, which belongs to the handler from now on.</summary>
    /// <remarks>May be called on the thread that accepts, so it must not block. If it throws, the exception is logged and the connection is reset.</remarks>
    /// <param name="connection">The connection.</param>
    void Handle(AcceptedConnection connection);
}
