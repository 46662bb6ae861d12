using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A place where a <see cref="StreamServer"/> can listen.</summary>
/// <remarks>Only a description: nothing is opened before the service starts. Two with the same text are equal. Ported from <c>twisted.internet.interfaces.IStreamServerEndpoint</c>.</remarks>
public abstract class ServerEndpoint : IEquatable<ServerEndpoint>
{
    private protected ServerEndpoint()
    {
    }

    /// <summary>The text that <see cref="Endpoint.Parse"/> reads as this endpoint.</summary>
    public abstract override string ToString();

    /// <inheritdoc/>
    public bool Equals(ServerEndpoint? other) => other is not null && other.ToString() == ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ServerEndpoint);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Gets the files that are read before it can be listened there.</summary>
    internal virtual IEnumerable<string> Files => [];

    /// <summary>Listens, and adds each listener as soon as it is there, so that the caller can close them if a later one fails.</summary>
    /// <exception cref="CannotListenException">The place cannot be had.</exception>
    internal abstract Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken);
}
