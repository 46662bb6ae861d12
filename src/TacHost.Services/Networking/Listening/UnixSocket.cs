using System.Net.Sockets;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listening UNIX socket and the file that leads to it.</summary>
internal sealed class UnixSocket : ListeningSocket
{
    private readonly UnixSocketFile _file;

    private UnixSocket(Socket socket, UnixSocketFile file)
        : base(socket, file.Address) => _file = file;

    /// <summary>Creates the object for a socket that another process has bound.</summary>
    public static UnixSocket Inherit(Socket socket, string name) => new(socket, UnixSocketFile.Inherit(socket, name)!) { IsShared = true };

    /// <summary>Creates the file, sets its owner and mode, and only then listens, so that no client can connect before.</summary>
    /// <exception cref="CannotListenException">The path cannot be had.</exception>
    public static async Task<UnixSocket> ListenAsync(string path, UnixFileMode mode, int backlog, ListenerSettings settings, CancellationToken cancellationToken)
    {
        var (socket, file) = await UnixSocketFile.MakeAsync(path, mode, SocketType.Stream, socket => socket.Listen(backlog), settings.ServicePath, settings.Application, cancellationToken);
        return new UnixSocket(socket, file);
    }

    /// <inheritdoc/>
    public override void Unlink()
    {
        if (!IsShared)
            _file.Remove();
    }
}
