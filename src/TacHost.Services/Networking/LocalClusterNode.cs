using TacHost.Services.Networking.Clusters;

namespace TacHost.Services.Networking;

/// <summary>The node of a cluster on this machine, which knows where the deployments of the cluster run.</summary>
/// <remarks>
/// Asks the control socket of the process in the node's pid file. The socket must belong to that process, and the process to the owner
/// of the file or to root. The node answers only its own user and root.
/// </remarks>
public sealed class LocalClusterNode
{
    /// <summary>The variable with the run directory, which a node sets for its deployments.</summary>
    internal const string RunVariable = "TACHOST_NODE_RUN";

    private const string FleetVariable = "TACHOST_FLEET";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private Task<IReadOnlyList<ClusterDeployment>>? _question;
    private long _asked;

    /// <summary>Initializes a node. Nothing is asked yet.</summary>
    /// <param name="directory">
    /// The directory of the node's tac files, or its run directory (<c>--run</c>). Defaults to null: the node that runs this
    /// deployment, otherwise the directory in the environment variable <c>TACHOST_FLEET</c>.
    /// </param>
    public LocalClusterNode(string? directory = null)
        : this(directory, TimeProvider.System)
    {
    }

    internal LocalClusterNode(string? directory, TimeProvider timeProvider) => (Directory, _timeProvider) = (directory, timeProvider);

    /// <summary>Gets the directory, as given, or null.</summary>
    public string? Directory { get; }

    /// <summary>Returns all deployments of the cluster, sorted by name, also those that do not run now. Concurrent callers share one question.</summary>
    /// <exception cref="NodeUnavailableException">The node does not run, does not answer within 5 seconds, or has not joined its cluster yet.</exception>
    public Task<IReadOnlyList<ClusterDeployment>> GetDeploymentsAsync(CancellationToken cancellationToken = default) => AskAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>Asks the node, unless the last answer is new enough.</summary>
    internal Task<IReadOnlyList<ClusterDeployment>> AskAsync(TimeSpan freshness, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_question is not { IsCompleted: false } && (_question is not { IsCompletedSuccessfully: true } || _timeProvider.GetElapsedTime(_asked) >= freshness))
                (_question, _asked) = (AskAsync(), _timeProvider.GetTimestamp());
            return _question.WaitAsync(cancellationToken);
        }
    }

    private async Task<IReadOnlyList<ClusterDeployment>> AskAsync()
    {
        var directory = Directory ?? Variable(RunVariable) ?? Variable(FleetVariable)
            ?? throw new NodeUnavailableException($"no node of a cluster is named. Give the directory of its tac files, or set {FleetVariable}.");
        using CancellationTokenSource limit = new(_timeout, _timeProvider);
        try
        {
            return ClusterAnswer.Read(await NodeSocket.CallAsync(directory, "cluster", limit.Token));
        }
        catch (OperationCanceledException e)
        {
            throw new NodeUnavailableException($"the node in '{directory}' did not answer within {_timeout.TotalSeconds:0} s", e);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
