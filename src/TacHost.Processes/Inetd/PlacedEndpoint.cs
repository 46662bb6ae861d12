using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Processes.Inetd;

/// <summary>The place of a service of inetd, as an endpoint.</summary>
internal sealed class PlacedEndpoint(InetdPlace place, Service service) : ServerEndpoint
{
    /// <inheritdoc/>
    public override string ToString() => place.ToString();

    /// <inheritdoc/>
    internal override Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken) =>
        PlacedSocket.BindAsync(place, service, socket => listeners.Add(new StreamListener(socket, settings)), cancellationToken);
}
