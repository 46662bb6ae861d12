using System.Diagnostics;
using TacHost.Hosting;

namespace TacHost.Fleet;

/// <summary>The reload of an emperor: applies the directory, or returns the plan.</summary>
internal sealed class FleetReloader(Emperor emperor) : IReloader
{
    /// <inheritdoc/>
    public async Task<ReloadResult> RunAsync(Deployment deployment, HostProcess process, ReloadRequest request, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        if (request is not { File: null, Rollback: null })
            throw NoDeployments();
        var plan = await FleetPlan.MakeAsync(emperor);
        var fingerprint = FleetPlan.FingerprintOf(plan);
        if (request.IfPlan is { } expected && expected != fingerprint)
            throw new TacHostException(ExitCode.TimedOut, $"the plan has changed and has the fingerprint {fingerprint} now. Look at it again.");
        List<string> notices = [];
        if (!request.OnlyPlan)
        {
            var outcomes = await Task.WhenAll(await emperor.ApplyAsync(onlyChanged: false));
            notices.AddRange(outcomes.Where(outcome => outcome.ExitCode != ExitCode.Success).Select(outcome => $"{outcome.Name}: {outcome.Message}"));
        }

        return new ReloadResult(plan, notices, fingerprint, Stopwatch.GetElapsedTime(began));
    }

    /// <inheritdoc/>
    public IDisposable Watch(Deployment deployment) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IReadOnlyList<PastDeployment> HistoryOf(Deployment deployment) => throw NoDeployments();

    private static TacHostException NoDeployments() =>
        new(ExitCode.Usage, "an emperor has no deployments of its own. Name one of the processes that it supervises.");
}
