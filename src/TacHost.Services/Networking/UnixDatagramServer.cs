using System.Net.Sockets;
using TacHost.Services.Networking.Datagrams;
using TacHost.Services.Networking.Endpoints;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A service that binds a UNIX datagram socket and gives each datagram to a protocol.</summary>
/// <remarks>
/// The socket file is made, replaced and removed as by <see cref="UnixServer"/>. A peer can be answered only if it has bound a path of its own.
/// Linux only. Ported from <c>twisted.application.internet.UNIXDatagramServer</c>.
/// </remarks>
public sealed class UnixDatagramServer : DatagramServer
{
    private readonly string _path;
    private readonly UnixFileMode _mode;

    /// <summary>Describes a server. Nothing is opened before the start.</summary>
    /// <param name="path">The path of the socket file: at most 107 bytes, in a directory that exists.</param>
    /// <param name="protocol">Gets what comes. Belongs to one server at a time.</param>
    /// <param name="mode">Who may send, which takes the permission to write. Defaults to everybody, as in the original.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public UnixDatagramServer(string path, DatagramProtocol protocol, UnixFileMode mode = UnixServerEndpoint.DefaultMode)
        : base(protocol)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_path, _mode) = (path, mode);
    }

    private protected override async Task BindAsync(Action<DatagramSocket> add, CancellationToken cancellationToken) =>
        add(await DatagramSocket.BindAsync(
            $"unixgram:{_mode}:{UnixSocketFile.Resolve(_path, Application)}",
            this,
            async () => await UnixSocketFile.MakeAsync(_path, _mode, SocketType.Dgram, _ => { }, ServicePath, Application, cancellationToken)));
}
