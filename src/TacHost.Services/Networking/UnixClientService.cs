using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that connects to a UNIX socket once, and builds the protocol of the connection with a factory.</summary>
/// <remarks>Ported from <c>twisted.application.internet.UNIXClient</c>.</remarks>
public sealed class UnixClientService : StreamClient
{
    /// <summary>Initializes a client. Opens nothing before the start.</summary>
    /// <param name="path">The path of the socket file.</param>
    /// <param name="factory">Builds the protocol. May be shared with other clients.</param>
    /// <param name="timeout">The maximum time of the attempt. Defaults to null: 30 seconds.</param>
    /// <exception cref="ArgumentException">The path is empty or contains a NUL character.</exception>
    public UnixClientService(string path, ClientFactory factory, TimeSpan? timeout = null)
        : base(new UnixClientEndpoint(path, timeout), factory)
    {
    }
}
