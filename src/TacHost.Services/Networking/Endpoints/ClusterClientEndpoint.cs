using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A deployment of a cluster, wherever it runs at the time of an attempt: <c>cluster:ecstasy</c>.</summary>
internal sealed class ClusterClientEndpoint : ClientEndpoint
{
    /// <summary>The time for which an answer of the node is used, so that many connections do not keep the node busy.</summary>
    private static readonly TimeSpan _freshness = TimeSpan.FromMilliseconds(200);

    private readonly string _name;
    private readonly int? _port;
    private readonly LocalClusterNode _node;

    public ClusterClientEndpoint(string name, string? directory, int? port, TimeSpan? timeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (_name, _node, _port) = (name, new LocalClusterNode(directory), port is { } given ? ClientKinds.Checked(given) : null);
        Timeout = ClientKinds.Checked(timeout);
    }

    public static ClusterClientEndpoint Parse(EndpointText text)
    {
        var name = text.Required("name", "the name of a deployment");
        var directory = text.Optional("fleet", "run");
        return new ClusterClientEndpoint(name, directory, text.OptionalNumber("port", 1, IPEndPoint.MaxPort), ClientKinds.Timeout(text));
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "cluster",
        ("", _name),
        ("fleet", _node.Directory),
        ("port", _port?.ToString(CultureInfo.InvariantCulture)),
        ("timeout", ClientKinds.Print(Timeout)));

    /// <inheritdoc/>
    internal override async Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var addresses = Usable(await FindAsync(_node.AskAsync(_freshness, cancellationToken)));
        try
        {
            return await ConnectAsync(addresses, cancellationToken);
        }
        catch (AggregateException)
        {
            // The deployment may have moved after the answer.
            var present = Usable(await FindAsync(_node.GetDeploymentsAsync(cancellationToken)));
            if (present.SequenceEqual(addresses))
                throw;
            return await ConnectAsync(present, cancellationToken);
        }
    }

    private static async Task<OpenedSocket> ConnectAsync(IReadOnlyList<IPEndPoint> addresses, CancellationToken cancellationToken)
    {
        var socket = await AddressRace.ConnectAsync(addresses, null, cancellationToken);
        return new OpenedSocket(socket, socket.RemoteEndPoint!);
    }

    private async Task<ClusterDeployment> FindAsync(Task<IReadOnlyList<ClusterDeployment>> answer)
    {
        try
        {
            return (await answer).FirstOrDefault(each => each.Name == _name)
                ?? throw ConnectFailure.Make(this, SocketError.HostNotFound, $"the cluster has no deployment '{_name}'", "Correct the name; 'tachost cluster ls' shows all", null);
        }
        catch (NodeUnavailableException e)
        {
            throw ConnectFailure.Make(this, SocketError.HostUnreachable, e.Message, "Start the node, or correct 'fleet='", e);
        }
    }

    /// <summary>Returns the addresses of one port, because other ports are other services.</summary>
    private IReadOnlyList<IPEndPoint> Usable(ClusterDeployment deployment)
    {
        if (deployment.Addresses.Count == 0)
            throw ConnectFailure.Make(this, SocketError.HostUnreachable, "it does not run anywhere at the moment, or does not listen", $"See 'tachost cluster where {_name}'", null);
        var port = _port ?? deployment.Addresses[0].Port;
        IReadOnlyList<IPEndPoint> usable = [.. deployment.Addresses.Where(address => address.Port == port)];
        return usable.Count > 0 ? usable : throw ConnectFailure.Make(this, SocketError.ConnectionRefused, $"it listens on {string.Join(", ", deployment.Addresses)} only", "Correct 'port='", null);
    }
}
