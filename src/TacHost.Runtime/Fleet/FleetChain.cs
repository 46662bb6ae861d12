using TacHost.Control.Wire;
using TacHost.Fleet.Groups;

namespace TacHost.Fleet;

/// <summary>An operation on several deployments, one after another or a few at a time, that ends at the first that does not come up.</summary>
internal sealed class FleetChain(string verb, Emperor emperor)
{
    private readonly Lock _gate = new();
    private readonly List<UnitOutcome> _done = [];
    private bool _hasFailed;

    /// <summary>Gets how many are operated on at a time.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Gets whether the chain continues after a failure.</summary>
    public bool KeepsGoing { get; init; }

    public Action<UnitOutcome> OnOutcome { get; init; } = _ => { };

    /// <summary>Runs the operation.</summary>
    /// <param name="names">The deployments, in order.</param>
    /// <param name="cancellationToken">Ends the chain after those that are under way.</param>
    /// <exception cref="TacHostException">A name is unknown. Nothing was done.</exception>
    public async Task<FleetOutcome> RunAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var units = names.Distinct().Select(Find).ToList();
        var sources = units.Where(target => target.Application is null).Select(target => emperor.Units.Member(target.Unit)).ToList();
        Dictionary<Unit, PreparedUnit> prepared = [];
        if (verb != "stop")
        {
            foreach (var batch in sources.Chunk(FleetPreparation.BatchSize))
            {
                foreach (var (unit, result) in await FleetSources.PrepareAsync(batch, emperor.Context))
                    prepared[unit] = result;
            }
        }

        using SemaphoreSlim slots = new(Parallel);
        List<string> left = [];
        List<Task> running = [];
        foreach (var target in units)
        {
            await slots.WaitAsync(CancellationToken.None);
            if ((_hasFailed && !KeepsGoing) || cancellationToken.IsCancellationRequested)
            {
                left.Add(target.Name);
                slots.Release();
                continue;
            }

            running.Add(OperateAsync(target, prepared.GetValueOrDefault(target.Unit), slots));
        }

        await Task.WhenAll(running);
        return new FleetOutcome(_done, left);
    }

    private async Task OperateAsync(FleetTarget target, PreparedUnit? prepared, SemaphoreSlim slots)
    {
        try
        {
            var unit = target.Unit;
            var outcome = (target.Application, verb) switch
            {
                ({ } name, _) => await FleetContext.OnThread(() => GroupClient.Operate(unit, verb, name)),
                (_, "stop") => await unit.StopAsync(staysOff: true),
                (_, "reload") => await unit.ReloadAsync(prepared!),
                _ => await unit.StartAsync(prepared!, again: verb == "restart"),
            };
            lock (_gate)
            {
                _hasFailed |= outcome.ExitCode != ExitCode.Success;
                _done.Add(outcome);
            }

            OnOutcome(outcome);
        }
        finally
        {
            slots.Release();
        }
    }

    private FleetTarget Find(string name)
    {
        if (emperor.Units.Find(name) is { } unit)
            return new FleetTarget(unit, null);
        if (name.Split(GroupClient.Separator, 2) is [var group, var application] && emperor.Units.Find(group) is { Entry.IsGroup: true } found)
            return new FleetTarget(found, application);
        var names = emperor.Units.All.Select(each => each.Name).ToList();
        var nearest = DidYouMean.To(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        throw new TacHostException(ExitCode.Usage, $"there is no deployment '{name}' in the fleet.{nearest}");
    }
}

/// <summary>The deployment that a command is for, or an application in the process of a group.</summary>
internal sealed record FleetTarget(Unit Unit, string? Application)
{
    public string Name => Application is null ? Unit.Name : $"{Unit.Name}{GroupClient.Separator}{Application}";
}
