using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Servers.Inetd;

/// <summary>The sockets of an internal service that answers datagrams.</summary>
internal sealed class InternalDatagramServer(InetdPlace place, DatagramProtocol protocol) : DatagramServer(protocol)
{
    private PlacedSocket? _last;

    private protected override Task BindAsync(Action<Socket> add, CancellationToken cancellationToken) =>
        PlacedSocket.BindAsync(
            place,
            this,
            socket =>
            {
                _last = socket;
                add(socket.Bound);
            },
            cancellationToken);

    private protected override void Unlink() => _last?.Unlink();
}
