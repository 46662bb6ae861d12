using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Processes.Inetd;

/// <summary>The address of a service of inetd, as an endpoint.</summary>
internal sealed class InetdEndpoint(InetdAddress address, Service service) : ServerEndpoint
{
    /// <inheritdoc/>
    public override string ToString() => address.ToString();

    /// <inheritdoc/>
    internal override Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken) =>
        InetdSocket.BindAsync(address, service, socket => listeners.Add(new StreamListener(socket, settings)), cancellationToken);
}
