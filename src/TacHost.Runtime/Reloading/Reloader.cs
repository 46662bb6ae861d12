using System.Diagnostics;
using System.Runtime.CompilerServices;
using TacHost.Hosting;
using TacHost.Services.Infrastructure;

namespace TacHost.Reloading;

/// <summary>The steps of a reload (docs/reload.md): prepare, make both trees, compare, start beside, commit, stop what leaves.</summary>
/// <param name="prepareAsync">Prepares the tac file or the plugin as it is now, or another tac file, in another process. Receives the source whose code needs no trial, or null.</param>
internal sealed class Reloader(Func<IApplicationSource?, string?, CancellationToken, Task<IApplicationSource>> prepareAsync) : IReloader
{
    private readonly ConditionalWeakTable<Deployment, Generations> _generations = [];

    /// <inheritdoc/>
    public async Task<ReloadResult> RunAsync(Deployment deployment, HostProcess process, ReloadRequest request, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        if (deployment.Options.Chroot is { } chroot)
            throw new TacHostException(ExitCode.NoPermission, $"the process is in the chroot '{chroot}', where there is no compiler. Restart it.");
        var generations = GenerationsOf(deployment);
        var past = request.Rollback is { } number ? generations.History.Find(number) : null;
        var source = past?.Source ?? await prepareAsync(generations.Place.Context!.HasCurrentLibraries ? generations.Source : null, request.File, stopping);
        using TimeLimit limit = new(deployment.Options.StartTimeout, deployment.Log.Host, stopping);
        var change = await CompareAsync(deployment, generations, source, limit);
        var plan = change.Plan;
        if (request.IfPlan is { } expected && expected != plan.Fingerprint)
            throw new TacHostException(ExitCode.TimedOut, $"the plan has changed and has the fingerprint {plan.Fingerprint} now. Look at it again.");
        if (!request.OnlyPlan)
        {
            if (plan.ChangesAnything)
                await ReplaceAsync(deployment, process, change, limit);
            change.ApplySettings(deployment.Application);
            generations.Advance(source, change.Place);
            deployment.Source = source;
            deployment.SaveAsLastGood();
        }

        ReloadResult result = new([.. plan.Lines.Select(Planned)], [.. past is null ? source.Notices : NoticesOf(past), .. plan.Notices], plan.Fingerprint, Stopwatch.GetElapsedTime(began));
        if (!request.OnlyPlan)
            generations.History.Add(source, plan.ChangesAnything ? $"{(past is null ? "reload" : $"rollback to {past.Number}")}: {result.Summary}" : null);
        return result;
    }

    /// <inheritdoc/>
    public IDisposable Watch(Deployment deployment) => new SaveWatch(deployment);

    /// <inheritdoc/>
    public IReadOnlyList<PastDeployment> HistoryOf(Deployment deployment) => GenerationsOf(deployment).History.All;

    private static string[] NoticesOf(PastDeployment past) =>
        [$"This is deployment {past.Number} again. Its tac file '{past.Source.Origin}' has not been changed, and the next reload reads it."];

    private static PlannedService Planned(PlanLine line) =>
        new(line.Verdict switch { Verdict.Kept => "kept", Verdict.Replaced => "replaced", Verdict.Added => "added", _ => "removed" }, line.Path, line.Reason, line.ToString());

    private Generations GenerationsOf(Deployment deployment)
    {
        lock (_generations)
            return _generations.GetValue(deployment, static each => new Generations(each.Source, each.StartedAt ?? TimeProvider.System.GetLocalNow()));
    }

    /// <summary>Makes the trees and compares them on a dedicated thread, because a tac or constructor that never returns cannot be interrupted. Such a thread is abandoned.</summary>
    private static async Task<ReloadChange> CompareAsync(Deployment deployment, Generations generations, IApplicationSource source, TimeLimit limit)
    {
        deployment.EnterConsole();
        var comparison = Task.Factory.StartNew(
            () => ReloadChange.Make(deployment, generations, source),
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        if (await limit.EndsBeforeAsync(comparison))
            return await comparison;
        throw new TacHostException(ExitCode.TimedOut, $"the top level of '{source.Origin}' did not end within {deployment.Options.StartTimeout.TotalSeconds:0.###} s in the running process, though it did in another one. Its thread was abandoned.");
    }

    private static async Task ReplaceAsync(Deployment deployment, HostProcess process, ReloadChange change, TimeLimit limit)
    {
        var replacement = change.MakeReplacement(deployment.Application);
        IReadOnlyList<string> unfinished = [];
        limit.OnTimeout = () => unfinished = [.. ServiceTree.Starting(change.New).Select(service => service.ServicePath)];
        var start = Task.Run(() => replacement.StartAsync(limit.Token));
        if (!await limit.EndsBeforeAsync(start))
        {
            using TimeLimit graceLimit = new(deployment.Options.Grace, deployment.Log.Host, process.Signals.Repeated);
            if (!await graceLimit.EndsBeforeAsync(start))
                replacement.Abandon();
        }

        try
        {
            if (!start.IsCompleted)
                throw new OperationCanceledException(limit.Token);
            await start;
        }
        catch (Exception e)
        {
            throw ReloadFailure.Describe(e, deployment, change.New, unfinished, process.Signals);
        }

        replacement.Commit();
        deployment.Reloads.AddLeaving(Task.Run(() => StopLeavingAsync(replacement, deployment, process)));
    }

    private static async Task StopLeavingAsync(TreeReplacement replacement, Deployment deployment, HostProcess process)
    {
        using (TimeLimit grace = new(deployment.Options.Grace, deployment.Log.Host, process.Signals.Repeated))
            await replacement.StopLeavingAsync(grace.Token);

        // An idle process would not collect for days.
        GC.Collect(2, GCCollectionMode.Optimized, blocking: false);
    }
}
