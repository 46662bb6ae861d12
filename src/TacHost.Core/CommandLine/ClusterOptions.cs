namespace TacHost.CommandLine;

/// <summary>The options of a node of a cluster.</summary>
internal sealed record ClusterOptions
{
    /// <summary>Gets the name of the node, or empty if the process is not a node.</summary>
    public string Node { get; init; } = "";

    /// <summary>Gets the address at which other nodes reach the node.</summary>
    public string Host { get; init; } = "";

    public int Port { get; init; }

    /// <summary>Gets the addresses, each HOST:PORT, at which the cluster is found. The first that is up creates it.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Gets the number of nodes that the cluster has in the end, or null for the number of seeds.</summary>
    public int? Expect { get; init; }

    /// <summary>Gets the connection string of the PostgreSQL that places deployments, or null if the nodes do that together.</summary>
    public string? Postgres { get; init; }

    /// <summary>Gets the roles of the node, which constraints name.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Gets whether a rollout that fails puts all back.</summary>
    public bool AutoRevert { get; init; }

    /// <summary>Gets whether failures are detected soon, for nodes that have a fast network between them.</summary>
    public bool IsFast { get; init; }

    /// <summary>Gets the files with the certificate of the node, its key, and the certificate of the authority; or null for no TLS.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Gets the smallest number of nodes that place deployments: a majority.</summary>
    public int Majority => (Expect ?? Seeds.Count) / 2 + 1;

    /// <summary>Gets the time after which a frozen node has lost its right to run deployments. Others take over after twice that.</summary>
    public TimeSpan Freeze => TimeSpan.FromSeconds(IsFast ? 3 : 15);
}

/// <summary>The files for TLS between the nodes of a cluster, in PEM.</summary>
/// <param name="Certificate">The certificate of the node.</param>
/// <param name="Key">Its private key.</param>
/// <param name="Authority">The certificate of the authority that has signed those of all nodes.</param>
internal sealed record ClusterTls(string Certificate, string Key, string Authority);
