using System.Net.Sockets;

namespace TacHost.Services.Networking;

/// <summary>A client could not connect. The message says where to, why, and what to do.</summary>
/// <remarks>The counterpart of <c>twisted.internet.error.ConnectError</c> and its kinds.</remarks>
public sealed class CannotConnectException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="error">What kind of failure it is.</param>
    /// <param name="message">What failed, on what, why, and what to do.</param>
    /// <param name="cause">What the system said, or null.</param>
    public CannotConnectException(ClientEndpoint endpoint, SocketError error, string message, Exception? cause)
        : base(message, cause) => (Endpoint, Error) = (endpoint, error);

    /// <summary>Where the connection was to go.</summary>
    public ClientEndpoint Endpoint { get; }

    /// <summary>
    /// What kind of failure it is: <see cref="SocketError.ConnectionRefused"/>, <see cref="SocketError.TimedOut"/>, <see cref="SocketError.HostNotFound"/> …;
    /// <see cref="SocketError.ConnectionAborted"/> for a handshake that failed, and for a connection that the factory did not want.
    /// </summary>
    public SocketError Error { get; }
}
