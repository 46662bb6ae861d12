using System.Reflection;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>The change from a running tree to a new one. Decides which services stay, with the reason for all others.</summary>
internal sealed class TreeChange
{
    private readonly TreeComparison _comparison;
    private readonly ServiceMatches _matches;
    private readonly RunningCheck _running;
    private readonly DifferencePropagation _replaced;
    private readonly ReferenceRedirection _graft;

    /// <param name="running">The running tree.</param>
    /// <param name="old">The tree that the previous tac file creates now.</param>
    /// <param name="oldPrints">The fingerprints of the code of <paramref name="old"/>.</param>
    /// <param name="runningPrints">The fingerprints of all running code, including code that has stayed since earlier reloads.</param>
    /// <param name="new">The tree that the current tac file creates.</param>
    /// <param name="newPrints">The fingerprints of the code of <paramref name="new"/>.</param>
    /// <param name="makeAgain">Creates the new tree once more, to detect values that differ each time.</param>
    /// <param name="sameLibrary">Returns whether a library name refers to the same assembly for two assemblies.</param>
    public TreeChange(Application running, Application old, CodePrints oldPrints, CodePrints runningPrints, Application @new, CodePrints newPrints, Func<Application> makeAgain, Func<string, Assembly, Assembly, bool> sameLibrary)
    {
        ObjectShapes shapes = new();
        CodeComparison newCode = new(newPrints, newPrints, sameLibrary);
        _matches = new ServiceMatches(old, @new, shapes);
        _comparison = new TreeComparison(_matches, new CodeComparison(oldPrints, newPrints, sameLibrary), shapes);
        _running = new RunningCheck(_comparison, old, running, new CodeComparison(oldPrints, runningPrints, sameLibrary), shapes);
        if (_comparison.Pairs.All.Any(pair => pair.Differences.Count > 0))
            Noise = RemoveNoise(@new, makeAgain(), newCode, shapes);
        NoteStates(running);
        _replaced = new DifferencePropagation(_comparison);
        _graft = Settle(newCode, shapes);
        Plan = MakePlan();
    }

    public ReloadPlan Plan { get; }

    /// <summary>Gets the values that differ each time the tac file is executed.</summary>
    public IReadOnlyList<string> Noise { get; } = [];

    public IReadOnlyDictionary<IService, IService> Staying => _matches.New.Where(Stays).ToDictionary(service => service, service => (IService)_running.RunningOf(_matches.OldOf(service)!)!, (IEqualityComparer<IService>)ReferenceEqualityComparer.Instance);

    /// <summary>Gets the services of the new tree that replace others, each with the running service.</summary>
    public IReadOnlyDictionary<IService, IService> Predecessors => Newcomers
        .Where(service => _matches.OldOf(service) is { } old && _running.RunningOf(old) is not null)
        .ToDictionary(service => service, service => (IService)_running.RunningOf(_matches.OldOf(service)!)!, (IEqualityComparer<IService>)ReferenceEqualityComparer.Instance);

    /// <summary>Gets the running services to stop, in the order of their start.</summary>
    public IReadOnlyList<IService> Leaving => [.. _matches.Old.Where(old => _matches.NewOf(old) is not { } @new || !Stays(@new)).Select(old => _running.RunningOf(old) as IService).OfType<IService>()];

    /// <summary>Redirects references of new services to services that stay. This is the last step before the start of the new services.</summary>
    public void LeadReferences() => _graft.Apply(Newcomers);

    private IEnumerable<IService> Newcomers => _matches.New.Where(service => !Stays(service));

    private bool Stays(IService @new) =>
        _matches.OldOf(@new) is { } old && !_replaced.Contains(_comparison.Pairs.OfOld(old)!) && !_running.Missing.Contains(old);

    /// <summary>Adds differences for services that have failed or stopped in a running tree, or whose files have changed.</summary>
    private void NoteStates(Application running)
    {
        foreach (var old in _matches.Old)
        {
            if (_comparison.Pairs.OfOld(old) is not { } pair || _running.RunningOf(old) is not Service service)
                continue;
            if (running.Running && service.State is ServiceState.Failed or ServiceState.Stopped)
                pair.Differ("", service.State == ServiceState.Failed ? $"it has failed{(service.LastFailure is { } failure ? $": {failure.Message}" : "")}" : "it has stopped");
            foreach (var file in service.ChangedFiles)
                pair.Differ(file, $"{file} has changed");
        }
    }

    /// <summary>Adds services until no further service is affected.</summary>
    private ReferenceRedirection Settle(CodeComparison newCode, ObjectShapes shapes)
    {
        while (true)
        {
            var hasGrown = ReplaceBelowReplaced();
            hasGrown |= _replaced.JoinByVariables(_comparison);
            ReferenceRedirection graft = new(_comparison, _running, newCode, shapes, _matches.New.Where(Stays).Select(service => _comparison.Pairs.OfNew(service)!));
            foreach (var problem in graft.FindProblems(Newcomers))
            {
                foreach (var owner in DifferencePropagation.ServicesThatUse(problem.Shared).Where(owner => !TreeOrder.IsPlainGroup((IService)owner.Old)))
                    hasGrown |= _replaced.Add(owner, $"it shares {problem.What} with '{NameOf(problem.Newcomer)}', which is {(_matches.OldOf(problem.Newcomer) is null ? "new" : "replaced")}");
            }

            if (!hasGrown)
                return graft;
        }
    }

    /// <summary>Replaces all services below a replaced group that has its own class.</summary>
    private bool ReplaceBelowReplaced()
    {
        var hasGrown = false;
        foreach (var group in _matches.New.Where(service => service is IEnumerable<IService> && !Stays(service)))
        {
            foreach (var below in TreeOrder.Of(group).Skip(1))
            {
                if (_comparison.Pairs.OfNew(below) is { } pair)
                    hasGrown |= _replaced.Add(pair, $"it is in '{NameOf(group)}', which is replaced");
            }
        }

        return hasGrown;
    }

    private List<string> RemoveNoise(Application @new, Application again, CodeComparison code, ObjectShapes shapes)
    {
        TreeComparison noise = new(new ServiceMatches(@new, again, shapes), code, shapes);
        List<string> places = [];
        foreach (var pair in _comparison.Pairs.All.Where(pair => pair.Differences.Count > 0))
        {
            if (noise.Pairs.OfNewOf(pair) is not { } differing)
                continue;
            foreach (var place in differing.Differences.Keys.Where(place => place != MatchedPair.Unseen && pair.Differences.Remove(place)))
                places.Add($"{SimpleValue.NameOf(pair.New.GetType())}{(place.Length == 0 ? "" : ".")}{place} is different each time and does not count");
        }

        return [.. places.Distinct()];
    }

    private ReloadPlan MakePlan()
    {
        List<PlanLine> lines = [];
        foreach (var service in _matches.New.Skip(1))
        {
            var old = _matches.OldOf(service);
            lines.Add(Stays(service) ? new PlanLine(Verdict.Kept, NameOf(service), "")
                : old is null ? new PlanLine(Verdict.Added, NameOf(service), "is new")
                : _running.Missing.Contains(old) ? new PlanLine(Verdict.Added, NameOf(service), "is not in the running tree")
                : new PlanLine(Verdict.Replaced, NameOf(service), _replaced.ReasonOf(_comparison.Pairs.OfOld(old)!) ?? ""));
        }

        foreach (var service in _matches.Old.Where(service => _matches.NewOf(service) is null && !_running.Missing.Contains(service)))
            lines.Add(new PlanLine(Verdict.Removed, NameOf(service), "is no longer in the tac file"));
        return new ReloadPlan(lines, Noise);
    }

    private static string NameOf(IService service) => service.ServicePath[(service.ServicePath.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
