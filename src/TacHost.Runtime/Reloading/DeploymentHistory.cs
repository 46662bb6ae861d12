using TacHost.Hosting;

namespace TacHost.Reloading;

/// <summary>The last deployments of an application that ran: that of the start, and those of reloads.</summary>
/// <remarks>Holds sources, which are bytes: no code stays loaded for them.</remarks>
internal sealed class DeploymentHistory
{
    public const int Kept = 10;

    private readonly Lock _gate = new();
    private readonly List<PastDeployment> _all = [];

    public DeploymentHistory(IApplicationSource first, DateTimeOffset since) => _all.Add(new PastDeployment(1, since, first, "start"));

    /// <summary>Gets the deployments, the one that runs last.</summary>
    public IReadOnlyList<PastDeployment> All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    /// <summary>Adds a deployment that runs now.</summary>
    /// <param name="source">The source.</param>
    /// <param name="what">The description of the change, or null if no service has changed. Then the source belongs to the last deployment.</param>
    public void Add(IApplicationSource source, string? what)
    {
        lock (_gate)
        {
            if (what is null || _all[^1].Source.Fingerprint == source.Fingerprint)
            {
                _all[^1] = _all[^1] with { Source = source };
                return;
            }

            _all.Add(new PastDeployment(_all[^1].Number + 1, TimeProvider.System.GetLocalNow(), source, what));
            if (_all.Count > Kept)
                _all.RemoveAt(0);
        }
    }

    /// <summary>Returns the deployment with a number, or the one before the running one.</summary>
    /// <param name="number">The number, or 0 for the one before.</param>
    /// <exception cref="TacHostException">There is no such deployment.</exception>
    public PastDeployment Find(int number)
    {
        var all = All;
        if (number == 0)
            return all.Count > 1 ? all[^2] : throw new TacHostException(ExitCode.Unavailable, "there is nothing to roll back to: the application runs as it was started.");
        return all.FirstOrDefault(each => each.Number == number)
            ?? throw new TacHostException(ExitCode.Unavailable, $"there is no deployment {number}. The last {all.Count} are kept: {string.Join(", ", all.Select(each => each.Number))}.");
    }
}
