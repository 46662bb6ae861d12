using System.Net;

namespace TacHost.Services.Networking;

/// <summary>A deployment of a cluster, as the node on this machine reports it.</summary>
public sealed class ClusterDeployment
{
    internal ClusterDeployment(string name, string? node, IReadOnlyList<IPEndPoint> addresses) => (Name, Node, Addresses) = (name, node, addresses);

    /// <summary>Gets the name of the deployment.</summary>
    public string Name { get; }

    /// <summary>Gets the name of the node that runs the deployment, or null if it does not run now.</summary>
    public string? Node { get; }

    /// <summary>Gets the addresses at which the deployment listens, in the order of its services. The list is empty if it does not run now.</summary>
    /// <remarks>
    /// For a listener on all addresses, the address is that of the node. UNIX sockets are left out. Loopback addresses are left out, too, unless the nodes
    /// themselves use them. TCP and UDP are not distinguished.
    /// </remarks>
    public IReadOnlyList<IPEndPoint> Addresses { get; }
}
