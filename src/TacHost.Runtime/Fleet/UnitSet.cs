namespace TacHost.Fleet;

/// <summary>The deployments of a fleet by their names, and those that are leaving.</summary>
internal sealed class UnitSet(FleetContext context) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, FleetMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _leaving = new(StringComparer.Ordinal);

    /// <summary>Gets the deployments, sorted by name.</summary>
    public IReadOnlyList<Unit> All
    {
        get
        {
            lock (_gate)
                return [.. _members.Values.Select(member => member.Unit)];
        }
    }

    public Unit? Find(string name)
    {
        lock (_gate)
            return _members.GetValueOrDefault(name)?.Unit;
    }

    public FleetMember Member(Unit unit)
    {
        lock (_gate)
            return _members[unit.Name];
    }

    /// <summary>Adds new deployments of the directory, and begins to stop removed ones.</summary>
    /// <param name="entries">The content of the directory.</param>
    /// <param name="onlyChanged">True to leave out files that have not changed, or are still being written.</param>
    /// <returns>The deployments whose files must be read.</returns>
    public IReadOnlyList<FleetMember> Follow(IReadOnlyList<FleetEntry> entries, bool onlyChanged)
    {
        lock (_gate)
        {
            foreach (var gone in _members.Keys.Except(entries.Select(entry => entry.Name)).ToList())
                Remove(gone);
            List<FleetMember> changed = [];
            foreach (var entry in entries)
            {
                if (_leaving.TryGetValue(entry.Name, out var leaving) && !leaving.IsCompleted)
                    continue;
                if (!_members.TryGetValue(entry.Name, out var member))
                    _members.Add(entry.Name, member = new FleetMember(new Unit(entry, context)));
                var isOther = entry != member.Unit.Entry;
                member.Unit.Entry = entry;
                if (!onlyChanged || isOther || member.Stamp.HasChanged(entry.Path))
                    changed.Add(member);
            }

            return changed;
        }
    }

    /// <summary>Stops the deployments that an earlier emperor has started and whose tac files are gone.</summary>
    public Task StopAbandonedAsync()
    {
        lock (_gate)
        {
            foreach (var name in UnitRecord.NamesIn(context.Fleet.RunDirectory).Except(_members.Keys))
                _leaving[name] = AdoptAndLeaveAsync(new Unit(new FleetEntry(name, ""), context));
            return Task.WhenAll(_leaving.Values);
        }
    }

    /// <summary>Stops all, those that are leaving too.</summary>
    public async Task FinishAsync()
    {
        Task[] leaving;
        lock (_gate)
            leaving = [.. _leaving.Values];
        await Task.WhenAll([.. All.Select(unit => unit.FinishAsync()), .. leaving]);
    }

    /// <summary>Waits for the operations that are under way, and lets none begin any more.</summary>
    public Task HoldAsync() => Task.WhenAll(All.Select(unit => unit.HoldAsync()));

    public void Dispose()
    {
        foreach (var unit in All)
            unit.Dispose();
    }

    private void Remove(string name)
    {
        _members.Remove(name, out var member);
        _leaving[name] = LeaveAsync(member!.Unit);
    }

    private async Task AdoptAndLeaveAsync(Unit unit)
    {
        await unit.AdoptAsync();
        await LeaveAsync(unit);
    }

    private async Task LeaveAsync(Unit unit)
    {
        try
        {
            await unit.FinishAsync();
            unit.Dispose();
            File.Delete(context.Fleet.StateFileOf(unit.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file with the state of a deployment that does not exist has no effect.
        }
    }
}

/// <summary>A deployment with its files.</summary>
internal sealed record FleetMember(Unit Unit)
{
    /// <summary>Gets what sees changes of the files.</summary>
    public SourceChanges Stamp { get; } = new(TimeProvider.System);
}
