using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A service that listens on a UNIX socket and gives each connection a protocol from a factory.</summary>
/// <remarks>
/// The start makes the socket file with its mode and, if the <see cref="Application"/> has a <see cref="Application.Uid"/> or <see cref="Application.Gid"/>, its owner,
/// before anybody can connect. A file that an earlier process left behind, which a connection attempt tells, is replaced; one behind which somebody
/// listens is not. The stop removes the file, unless another has taken its place. <see cref="ITransport.Peer"/> is a <see cref="UnixPeerEndPoint"/>.
/// Linux only. Ported from <c>twisted.application.internet.UNIXServer</c>.
/// </remarks>
public sealed class UnixServer : StreamServer
{
    /// <summary>Describes a listener. Nothing is opened before the start.</summary>
    /// <param name="path">The path of the socket file: at most 107 bytes, in a directory that exists. A relative one counts from the working directory at the start.</param>
    /// <param name="factory">Builds the protocols. May be shared with other listeners.</param>
    /// <param name="mode">The mode of the file. Clients need the permission to write. Defaults to all users, as in the original.</param>
    /// <exception cref="ArgumentException">The path is empty or has a NUL character in it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The mode has more than the nine permission bits.</exception>
    public UnixServer(string path, ServerFactory factory, UnixFileMode mode = UnixServerEndpoint.DefaultMode)
        : base(new UnixServerEndpoint(path, mode), factory)
    {
    }
}
