using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on a UNIX socket, and builds a protocol for each connection.</summary>
/// <remarks>
/// The start creates the socket file with its mode and, if the <see cref="Application"/> has a <see cref="Application.Uid"/> or <see cref="Application.Gid"/>, its owner,
/// before clients can connect. A stale file of an earlier process, which refuses connections, is replaced. A file with a listening process is not replaced.
/// The stop removes the file, unless it has been replaced. <see cref="ITransport.Peer"/> is a <see cref="UnixPeerEndPoint"/>.
/// Linux only. Ported from <c>twisted.application.internet.UNIXServer</c>.
/// </remarks>
public sealed class UnixServer : StreamServer
{
    /// <summary>Initializes a listener. Opens nothing before the start.</summary>
    /// <param name="path">The path of the socket file: at most 107 bytes, in a directory that exists. A relative path starts at the working directory of the start.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="mode">The mode of the file. Clients need write permission. Defaults to all users, as in Twisted.</param>
    /// <exception cref="ArgumentException">The path is empty or contains a NUL character.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The mode has bits other than the nine permission bits.</exception>
    public UnixServer(string path, ServerFactory factory, UnixFileMode mode = UnixServerEndpoint.DefaultMode)
        : base(new UnixServerEndpoint(path, mode), factory)
    {
    }
}
