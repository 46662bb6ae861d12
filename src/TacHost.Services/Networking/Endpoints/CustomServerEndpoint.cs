using System.Net.Sockets;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>An endpoint of a kind that a library brought.</summary>
internal sealed class CustomServerEndpoint(string text, Func<CancellationToken, Task<IReadOnlyList<Socket>>> listenAsync) : ServerEndpoint
{
    /// <inheritdoc/>
    public override string ToString() => text;

    /// <inheritdoc/>
    internal override async Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var socket in await listenAsync(cancellationToken))
                listeners.Add(new StreamListener(new ListeningSocket(socket), settings));
        }
        catch (SocketException e)
        {
            throw new CannotListenException(null, $"The service '{settings.ServicePath}' cannot listen on '{text}': {e.Message}.", e);
        }
    }
}
