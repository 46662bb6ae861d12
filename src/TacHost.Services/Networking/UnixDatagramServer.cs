using System.Net.Sockets;
using TacHost.Services.Networking.Datagrams;
using TacHost.Services.Networking.Endpoints;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A service that binds a UNIX datagram socket and passes each datagram to a protocol.</summary>
/// <remarks>
/// The socket file is created, replaced and removed as by <see cref="UnixServer"/>. A peer can be answered only if it has bound its own path.
/// Linux only. Ported from <c>twisted.application.internet.UNIXDatagramServer</c>.
/// </remarks>
public sealed class UnixDatagramServer : DatagramServer, IServiceNeeds
{
    private readonly string _path;
    private readonly UnixFileMode _mode;

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs
    {
        get
        {
            var mode = _mode == UnixServerEndpoint.DefaultMode ? "" : $":mode={Convert.ToString((int)_mode, 8)}";
            return [new ServiceNeed(ServiceNeedKind.Listen, $"unix-datagram:{_path.Replace(":", "\\:", StringComparison.Ordinal)}{mode}")];
        }
    }

    /// <summary>Initializes a server. Opens nothing before the start.</summary>
    /// <param name="path">The path of the socket file: at most 107 bytes, in an existing directory.</param>
    /// <param name="protocol">The protocol, which must not be used by two servers at the same time.</param>
    /// <param name="mode">The permissions of the file. Sending requires write permission. Defaults to all users, as in Twisted.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public UnixDatagramServer(string path, DatagramProtocol protocol, UnixFileMode mode = UnixServerEndpoint.DefaultMode)
        : base(protocol)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_path, _mode) = (path, mode);
    }

    private protected override async Task BindAsync(Action<DatagramSocket> add, CancellationToken cancellationToken)
    {
        var path = UnixSocketFile.Resolve(_path, Application);
        add(await DatagramSocket.BindAsync(
            $"unixgram:{_mode}:{path}",
            UnixSocketFile.AddressOf(path),
            this,
            async () => await UnixSocketFile.MakeAsync(_path, _mode, SocketType.Dgram, _ => { }, ServicePath, Application, cancellationToken)));
    }
}
