using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Datagrams;

namespace TacHost.Processes.Inetd;

/// <summary>The sockets of an internal service that answers datagrams.</summary>
internal sealed class InternalDatagramServer(InetdAddress address, DatagramProtocol protocol) : DatagramServer(protocol), IServiceNeeds
{
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [new ServiceNeed(ServiceNeedKind.Listen, address.EndpointText)];

    private protected override Task BindAsync(Action<DatagramSocket> add, CancellationToken cancellationToken) =>
        InetdSocket.BindAsync(address, this, socket => add(new DatagramSocket(socket.Bound, null, ServicePath, socket.File)), cancellationToken);
}
