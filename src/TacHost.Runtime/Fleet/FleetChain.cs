using TacHost.Control.Wire;

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

    /// <summary>Gets a callback for each outcome.</summary>
    public Action<UnitOutcome> OnOutcome { get; init; } = _ => { };

    /// <summary>Runs the operation.</summary>
    /// <param name="names">The deployments, in order.</param>
    /// <param name="cancellationToken">Ends the chain after those that are under way.</param>
    /// <exception cref="TacHostException">A name is unknown. Nothing was done.</exception>
    public async Task<FleetOutcome> RunAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var units = names.Distinct().Select(Find).ToList();
        Dictionary<Unit, PreparedUnit> prepared = [];
        if (verb != "stop")
        {
            foreach (var batch in units.Select(emperor.Units.Member).Chunk(FleetSources.BatchSize))
            {
                foreach (var (unit, result) in await FleetSources.PrepareAsync(batch, emperor.Context))
                    prepared[unit] = result;
            }
        }

        using SemaphoreSlim slots = new(Parallel);
        List<string> left = [];
        List<Task> running = [];
        foreach (var unit in units)
        {
            await slots.WaitAsync(CancellationToken.None);
            if ((_hasFailed && !KeepsGoing) || cancellationToken.IsCancellationRequested)
            {
                left.Add(unit.Name);
                slots.Release();
                continue;
            }

            running.Add(OperateAsync(unit, prepared.GetValueOrDefault(unit), slots));
        }

        await Task.WhenAll(running);
        return new FleetOutcome(_done, left);
    }

    private async Task OperateAsync(Unit unit, PreparedUnit? prepared, SemaphoreSlim slots)
    {
        try
        {
            var outcome = verb switch
            {
                "stop" => await unit.StopAsync(staysOff: true),
                "reload" => await unit.ReloadAsync(prepared!),
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

    private Unit Find(string name)
    {
        if (emperor.Units.Find(name) is { } unit)
            return unit;
        var names = emperor.Units.All.Select(each => each.Name).ToList();
        var nearest = DidYouMean.To(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        throw new TacHostException(ExitCode.Usage, $"there is no deployment '{name}' in the fleet.{nearest}");
    }
}
