using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A place where a <see cref="StreamServer"/> can listen.</summary>
/// <remarks>Only a description: nothing is opened before the service starts. Ported from <c>twisted.internet.interfaces.IStreamServerEndpoint</c>.</remarks>
public abstract class ServerEndpoint
{
    private protected ServerEndpoint()
    {
    }

    /// <summary>Listens, and adds each listener as soon as it is there, so that the caller can close them if a later one fails.</summary>
    /// <exception cref="CannotListenException">The place cannot be had.</exception>
    internal abstract Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken);
}
