using System.Diagnostics;
using TacHost.Control.Wire;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Fleet.Groups;

/// <summary>Keeps all tac files of a directory running in this process.</summary>
internal sealed class Group(GroupContext context) : Service
{
    private readonly SemaphoreSlim _applying = new(1);
    private SortedDictionary<string, GroupMember> _members = new(StringComparer.Ordinal);

    /// <summary>Gets what all applications share.</summary>
    public GroupContext Context => context;

    /// <summary>Gets the applications, sorted by name.</summary>
    public IReadOnlyList<GroupMember> All => [.. Volatile.Read(ref _members).Values];

    public FleetReport Report() => new()
    {
        Pid = Environment.ProcessId,
        Directory = context.Directory,
        Options = context.Arguments.Options,
        Units = [.. All.Select(member => member.Report())],
    };

    /// <summary>Applies the directory: added, changed and removed tac files.</summary>
    /// <exception cref="TacHostException">The directory cannot be read. Nothing was done.</exception>
    public async Task<IReadOnlyList<UnitOutcome>> ApplyAsync()
    {
        await _applying.WaitAsync(context.Stopping.Token);
        try
        {
            var entries = FleetDirectory.ReadGroup(context.Directory);
            var prepared = await PrepareAsync(entries);
            SortedDictionary<string, GroupMember> members = new(StringComparer.Ordinal);
            foreach (var entry in entries)
            {
                members[entry.Name] = _members.GetValueOrDefault(entry.Name) ?? new GroupMember(entry, context);
                members[entry.Name].Entry = entry;
            }

            var gone = _members.Values.Where(member => !members.ContainsKey(member.Name)).ToList();
            Volatile.Write(ref _members, members);
            await Task.WhenAll(gone.Select(member => member.FinishAsync()));
            return await Task.WhenAll(entries.Zip(prepared, (entry, each) => members[entry.Name].ApplyAsync(each)));
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Executes a command of an operator for one application.</summary>
    /// <exception cref="TacHostException">The application does not exist.</exception>
    public async Task<UnitOutcome> OperateAsync(string verb, string name)
    {
        if (!_members.TryGetValue(name, out var member))
            throw new TacHostException(ExitCode.Usage, $"there is no application '{name}' in the group.{(DidYouMean.To(name, _members.Keys) is { } near ? $" Did you mean '{near}'?" : "")}");
        return await member.OperateAsync(verb, verb == "stop" ? new PreparedUnit(new PreparedApplication.Own(), "", []) : (await PrepareAsync([member.Entry]))[0]);
    }

    /// <summary>Ends the application whose code threw an unhandled exception. Called on the thread of the exception.</summary>
    /// <returns>True if the application is known, so that the process need not end.</returns>
    public bool Contain(Exception exception)
    {
        foreach (var frame in new StackTrace(exception).GetFrames())
        {
            if (IsolatedLoadContext.SourceOf(frame.GetMethod()?.Module.Assembly) is { } tac)
                return All.Any(member => member.TryFail(tac, exception));
        }

        return false;
    }

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        context.Log = Logger;
        await using var stop = cancellationToken.Register(context.Stopping.Cancel);
        await ApplyAsync();
        FleetLog.Ready(Logger, FleetSummary.Of(Report()));
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        await context.Stopping.CancelAsync();
        await Task.WhenAll(All.Select(member => member.FinishAsync()));
    }

    private async Task<IReadOnlyList<PreparedUnit>> PrepareAsync(IReadOnlyList<FleetEntry> entries) =>
        await FleetContext.OnThread(() => FleetPreparation.Prepare(context.Arguments.Options, entries, context.Stopping.Token));
}
