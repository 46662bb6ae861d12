using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>An endpoint behind a proxy that says whose connections it passes on: <c>haproxy:tcp:8080</c>.</summary>
internal sealed class ProxiedServerEndpoint(ServerEndpoint endpoint, TrustedProxies? trusted) : ServerEndpoint
{
    public const string Prefix = "haproxy:";
    public const string TrustPrefix = "trust=";

    /// <summary>Reads the prefix where no endpoint that can have one follows.</summary>
    public static ServerEndpoint Parse(EndpointText text) =>
        throw text.Error("no endpoint follows the prefix 'haproxy'", "Write it in front of another endpoint, once, such as 'haproxy:tcp:8080'");

    /// <inheritdoc/>
    public override string ToString() =>
        trusted is null ? Prefix + endpoint : $"{Prefix}{TrustPrefix}{trusted.ToString().Replace(":", "\\:", StringComparison.Ordinal)}:{endpoint}";

    /// <inheritdoc/>
    internal override IEnumerable<string> Files => endpoint.Files;

    /// <inheritdoc/>
    internal override IEnumerable<ServiceNeed> FileNeedsOf(Service service) => endpoint.FileNeedsOf(service);

    /// <inheritdoc/>
    internal override Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken) =>
        endpoint.ListenAsync(settings with { TrustedProxies = trusted ?? TrustedProxies.Loopback }, listeners, cancellationToken);
}
