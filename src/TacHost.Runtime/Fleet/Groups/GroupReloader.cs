using System.Diagnostics;
using TacHost.Hosting;

namespace TacHost.Fleet.Groups;

/// <summary>The reload of a group: makes its applications equal to its directory.</summary>
internal sealed class GroupReloader(Group group) : IReloader
{
    /// <inheritdoc/>
    public async Task<ReloadResult> RunAsync(Deployment deployment, HostProcess process, ReloadRequest request, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        if (request is not { File: null, Rollback: null, OnlyPlan: false, IfPlan: null })
            throw NotHere();
        var before = group.Report().Units.ToDictionary(unit => unit.Name, unit => (unit.Hash, unit.Since));
        var outcomes = await group.ApplyAsync();
        if (outcomes.FirstOrDefault(outcome => outcome.ExitCode != ExitCode.Success) is { } first)
            throw new TacHostException(first.ExitCode, string.Join("\n", outcomes.Where(outcome => outcome.ExitCode != ExitCode.Success).Select(outcome => $"{outcome.Name}: {outcome.Message}")));
        var after = group.Report().Units;
        List<PlannedService> plan = [.. after.Select(unit => Line(!before.TryGetValue(unit.Name, out var old) ? "added" : old == (unit.Hash, unit.Since) ? "kept" : "replaced", unit.Name))];
        plan.AddRange(before.Keys.Where(name => after.All(unit => unit.Name != name)).Select(name => Line("removed", name)));
        return new ReloadResult(plan, [], "", Stopwatch.GetElapsedTime(began));
    }

    /// <inheritdoc/>
    public IDisposable Watch(Deployment deployment) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IReadOnlyList<PastDeployment> HistoryOf(Deployment deployment) => throw NotHere();

    private static PlannedService Line(string verdict, string name) => new(verdict, name, "", $"{verdict} {name}");

    private static TacHostException NotHere() =>
        new(ExitCode.Usage, "a group has no plans and no history. Ask its emperor: tachost fleet plan.");
}
