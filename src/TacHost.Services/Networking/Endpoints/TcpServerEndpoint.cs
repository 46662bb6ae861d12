using System.Net;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A TCP port on the addresses that an interface means.</summary>
internal sealed class TcpServerEndpoint : ServerEndpoint
{
    private readonly int _port;
    private readonly string _iface;

    public TcpServerEndpoint(int port, string iface)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        ArgumentNullException.ThrowIfNull(iface);
        (_port, _iface) = (port, iface);
    }

    /// <inheritdoc/>
    internal override async Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken)
    {
        var addresses = await InterfaceAddresses.ResolveAsync(_iface, settings.ServicePath, cancellationToken);
        var chosen = _port;
        CannotListenException? missing = null;
        foreach (var address in addresses)
        {
            try
            {
                var socket = TcpSocket.Listen(new IPEndPoint(address, chosen), TcpSocket.LongestBacklog, settings.ServicePath);
                listeners.Add(new StreamListener(socket, settings));
                chosen = ((IPEndPoint)socket.EndPoint).Port;
            }
            catch (CannotListenException e) when (e.IsAddressMissing && addresses.Count > 1)
            {
                // A host name may have an address of a family that is switched off here; that is no reason not to serve the others.
                NetworkingLog.AddressMissing(settings.Logger, _iface, address.ToString());
                missing = e;
            }
        }

        if (listeners.Count == 0)
            throw missing!;
    }
}
