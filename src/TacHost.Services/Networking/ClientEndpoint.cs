using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A place to which a client can connect.</summary>
/// <remarks>Only a description; two with the same text are equal. Ported from <c>twisted.internet.interfaces.IStreamClientEndpoint</c>.</remarks>
public abstract class ClientEndpoint : IEquatable<ClientEndpoint>
{
    private protected ClientEndpoint()
    {
    }

    /// <summary>How long a connection attempt may take. Defaults to 30 seconds.</summary>
    public TimeSpan Timeout { get; private protected init; } = ClientKinds.DefaultTimeout;

    /// <summary>The text that <see cref="Endpoint.ParseClient"/> reads as this endpoint.</summary>
    public abstract override string ToString();

    /// <inheritdoc/>
    public bool Equals(ClientEndpoint? other) => other is not null && other.ToString() == ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ClientEndpoint);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
