using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Proxies.PortForward;

/// <summary>A service that forwards connections to the first reachable one of several targets, over TCP, TLS or UNIX sockets on either side.</summary>
/// <remarks>
/// A target that could not be reached is tried after the others for some time. Applies back-pressure in both directions, and forwards a
/// half-close. <see cref="StreamServer.Limits"/> limits connections and their idle time.
/// Ported from <c>twisted.protocols.portforward</c>, which supports one target.
/// </remarks>
public sealed class PortForwarder : StreamServer
{
    private readonly IReadOnlyList<ClientEndpoint> _targets;

    /// <summary>Initializes a forwarder. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="targets">The targets in the order of preference.</param>
    /// <param name="options">The settings. Defaults to null: the defaults of <see cref="PortForwardOptions"/>.</param>
    /// <exception cref="ArgumentException">The list of targets is empty, or the PROXY header cannot be sent to a target.</exception>
    public PortForwarder(ServerEndpoint endpoint, IReadOnlyList<ClientEndpoint> targets, PortForwardOptions? options = null)
        : base(endpoint, new PortForwardFactory(targets, options ?? new PortForwardOptions())) => _targets = targets;

    /// <summary>
    /// Initializes a forwarder from texts of endpoints, such as <c>tcp:8443:interface=127.0.0.1</c> and
    /// <c>tcp:10.0.0.7:443</c>. Sockets are not opened before the start.
    /// </summary>
    /// <param name="endpoint">The endpoint to listen on; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="targets">The targets in the order of preference; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <exception cref="FormatException">A text is not an endpoint.</exception>
    /// <exception cref="ArgumentException">The list of targets is empty.</exception>
    public PortForwarder(string endpoint, params IReadOnlyList<string> targets)
        : this(Endpoint.Parse(endpoint), [.. targets.Select(Endpoint.ParseClient)])
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<ServiceNeed> OwnNeeds => [.. _targets.SelectMany(target => target.NeedsOf(this))];
}
