using TacHost.Control.Wire;
using TacHost.Fleet.Groups;
using TacHost.Services;

namespace TacHost.Fleet;

/// <summary>Keeps a directory of tac files running, each in a process of its own.</summary>
internal sealed class Emperor : Service
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(0.5);

    /// <summary>The variables of a service manager, which mean this process and not its deployments.</summary>
    private static readonly string[] _ofTheManager = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "MAINPID", "MANAGERPID", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID"];

    private readonly FleetContext _context;
    private readonly UnitSet _units;
    private readonly SemaphoreSlim _applying = new(1);
    private readonly PlacedFleet? _placed;
    private readonly IPlacement? _placement;
    private bool _isReleased;

    /// <param name="context">The context that all deployments share.</param>
    /// <param name="placement">The placement that decides which deployments run here, or null if all do.</param>
    public Emperor(FleetContext context, IPlacement? placement)
    {
        (_context, _placement, _units) = (context, placement, new UnitSet(context));
        _placed = placement is null ? null : new PlacedFleet(_units, context, placement);
    }

    public UnitSet Units => _units;

    /// <summary>Gets what all deployments share.</summary>
    public FleetContext Context => _context;

    /// <summary>Gets the reason why the directory cannot be read at the moment, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Gets the summary, such as <c>37 running, 1 failed: science: …</c>.</summary>
    public string Summary => FleetSummary.Of(Report());

    public FleetReport Report() => new()
    {
        Pid = Environment.ProcessId,
        Directory = _context.Fleet.Directory,
        Options = _context.Arguments.Options,
        Problem = Problem,
        Units = [.. _units.All.SelectMany(unit => GroupClient.Applications(unit).Prepend(unit.Report()))],
    };

    /// <summary>Applies the directory: added, changed and removed tac files.</summary>
    /// <param name="onlyChanged">True if files count as changed only once they have been quiet; otherwise all are read.</param>
    /// <returns>The operations, which may still be under way.</returns>
    /// <exception cref="TacHostException">The directory cannot be read. Nothing was done.</exception>
    public async Task<IReadOnlyList<Task<UnitOutcome>>> ApplyAsync(bool onlyChanged)
    {
        await _applying.WaitAsync(_context.Stopping.Token);
        try
        {
            var entries = FleetDirectory.Read(_context.Fleet.Directory);
            Problem = null;
            var changed = _units.Follow(entries, onlyChanged);
            List<Task<UnitOutcome>> operations = [];
            foreach (var batch in changed.Chunk(FleetPreparation.BatchSize))
            {
                foreach (var (unit, prepared) in await FleetSources.PrepareAsync(batch, _context))
                    operations.Add(unit.ApplyAsync(prepared));
            }

            return operations;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Leaves all deployments to the next emperor and ends this one.</summary>
    public async Task ReleaseAsync()
    {
        if (_context.Leash is not null)
            throw new TacHostException(ExitCode.Usage, "this emperor has its deployments on a leash (--leash), so that they end with it. Stop it, and start another one.");
        await _applying.WaitAsync();
        await _units.HoldAsync();
        _isReleased = true;
        FleetLog.Released(Logger, _units.All.Count);
        Application!.RequestStop();
    }

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        _context.Log = Logger;
        foreach (var variable in _ofTheManager)
            Environment.SetEnvironmentVariable(variable, null);
        await using var stop = cancellationToken.Register(_context.Stopping.Cancel);
        _units.Follow(FleetDirectory.Read(_context.Fleet.Directory), onlyChanged: false);
        await Task.WhenAll([.. _units.All.Select(unit => unit.AdoptAsync()), _units.StopAbandonedAsync()]);
        await Task.WhenAll(await ApplyAsync(onlyChanged: false));
        if (_placed is not null)
            await _placed.JoinAsync(cancellationToken);
        FleetLog.Ready(Logger, Summary);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(FollowAsync(stoppingToken), _placed?.PublishAsync(stoppingToken) ?? Task.CompletedTask);
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        if (_context.Fleet.NoWatch)
            return;
        using PeriodicTimer timer = new(_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ApplyAsync(onlyChanged: true);
            }
            catch (TacHostException e)
            {
                // A directory that cannot be read is not an empty one.
                if (Problem != e.Message)
                    FleetLog.CannotRead(Logger, e.Message);
                Problem = e.Message;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_placement is not null)
            await _placement.LeaveAsync();
        await _context.Stopping.CancelAsync();
        if (!_isReleased)
            await _units.FinishAsync();
        _units.Dispose();
        _context.Dispose();
    }
}
