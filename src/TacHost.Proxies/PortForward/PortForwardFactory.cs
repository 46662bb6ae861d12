using System.Net;
using TacHost.Proxies.Relaying;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Proxies.PortForward;

/// <summary>A factory that creates a protocol for each client of a <see cref="PortForwarder"/>.</summary>
internal sealed class PortForwardFactory : ServerFactory
{
    private readonly LogLimit _lines = new();
    private readonly TargetList<ClientEndpoint> _targets;
    private readonly PortForwardOptions _options;

    public PortForwardFactory(IReadOnlyList<ClientEndpoint> targets, PortForwardOptions options)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Count == 0)
            throw new ArgumentException("A port forwarder needs a target.", nameof(targets));

        // The header must precede the TLS handshake, which the endpoint performs itself.
        if (options.ProxyHeader != ProxyHeaderVersion.None && targets.FirstOrDefault(target => target.Scheme == "tls") is { } tls)
            throw new ArgumentException($"The target '{tls}' cannot be sent a PROXY header, because that goes in front of the TLS handshake. Forward to a tcp or unix endpoint, or leave the header out.", nameof(targets));
        (_targets, _options) = (new TargetList<ClientEndpoint>([.. targets], Backoff.Constant(options.RestTime), options.TimeProvider), options);
    }

    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new PortForwardProtocol(_targets, _options, _lines);
}
