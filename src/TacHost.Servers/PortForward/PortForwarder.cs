using TacHost.Services.Networking;

namespace TacHost.Servers.PortForward;

/// <summary>A service that passes connections on to the first of several targets that can be reached: TCP, TLS or UNIX sockets on either side.</summary>
/// <remarks>
/// A target that was not reached comes after the others for a while. Whoever reads slowly holds the other side up, and either side may finish before the other.
/// With <see cref="StreamServer.Limits"/> it bounds connections and ends idle ones. Ported from <c>twisted.protocols.portforward</c>, which has one target.
/// </remarks>
public sealed class PortForwarder : StreamServer
{
    /// <summary>Describes a forwarder. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="targets">Where to pass connections on to, in the order of preference.</param>
    /// <param name="options">How. Defaults to null: see <see cref="PortForwardOptions"/>.</param>
    /// <exception cref="ArgumentException">There is no target, or one that cannot be sent the header that is asked for.</exception>
    public PortForwarder(ServerEndpoint endpoint, IReadOnlyList<ClientEndpoint> targets, PortForwardOptions? options = null)
        : base(endpoint, new PortForwardFactory(targets, options ?? new PortForwardOptions()))
    {
    }

    /// <summary>Describes a forwarder by texts of endpoints, such as <c>tcp:8443:interface=127.0.0.1</c> and <c>tcp:10.0.0.7:443</c>. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="targets">Where to pass connections on to, in the order of preference; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <exception cref="FormatException">One of them is not an endpoint.</exception>
    /// <exception cref="ArgumentException">There is no target.</exception>
    public PortForwarder(string endpoint, params IReadOnlyList<string> targets)
        : this(Endpoint.Parse(endpoint), [.. targets.Select(Endpoint.ParseClient)])
    {
    }
}
