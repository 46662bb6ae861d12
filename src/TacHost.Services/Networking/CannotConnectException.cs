using System.Net.Sockets;

namespace TacHost.Services.Networking;

/// <summary>The exception for a failed connection attempt. The message names the endpoint, the cause and the remedy.</summary>
/// <remarks>Corresponds to <c>twisted.internet.error.ConnectError</c> and its subclasses.</remarks>
public sealed class CannotConnectException : NetworkingException
{
    /// <summary>Initializes the exception.</summary>
    /// <param name="target">The endpoint of the attempt.</param>
    /// <param name="error">The kind of failure.</param>
    /// <param name="message">The endpoint, the cause and the remedy.</param>
    /// <param name="cause">The underlying exception, or null.</param>
    public CannotConnectException(ClientEndpoint target, SocketError error, string message, Exception? cause)
        : base(message, cause) => (Target, Error) = (target, error);

    /// <summary>Gets the endpoint of the attempt.</summary>
    public ClientEndpoint Target { get; }

    /// <summary>
    /// Gets the kind of failure: <see cref="SocketError.ConnectionRefused"/>, <see cref="SocketError.TimedOut"/>, <see cref="SocketError.HostNotFound"/> …
    /// It is <see cref="SocketError.ConnectionAborted"/> if the handshake failed or the factory rejected the connection.
    /// </summary>
    public SocketError Error { get; }
}
