using TacHost.Control.Wire;
using TacHost.Services;

namespace TacHost.Fleet;

/// <summary>Keeps a directory of tac files running, each in a process of its own.</summary>
internal sealed class Emperor(FleetContext context) : Service
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(0.5);

    /// <summary>The variables of a service manager, which mean this process and not its deployments.</summary>
    private static readonly string[] _ofTheManager = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "MAINPID", "MANAGERPID", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID"];

    private readonly UnitSet _units = new(context);
    private readonly SemaphoreSlim _applying = new(1);
    private bool _isReleased;

    /// <summary>Gets the deployments.</summary>
    public UnitSet Units => _units;

    /// <summary>Gets what all deployments share.</summary>
    public FleetContext Context => context;

    /// <summary>Gets the reason why the directory cannot be read at the moment, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Gets the summary, such as <c>37 running, 1 failed: science: …</c>.</summary>
    public string Summary => FleetSummary.Of(Report());

    /// <summary>Returns a report of all deployments.</summary>
    public FleetReport Report() => new()
    {
        Pid = Environment.ProcessId,
        Directory = context.Fleet.Directory,
        Options = context.Arguments.Options,
        Problem = Problem,
        Units = [.. _units.All.Select(unit => unit.Report())],
    };

    /// <summary>Makes what runs equal to the directory: added, changed and removed tac files.</summary>
    /// <param name="onlyChanged">Whether files count as changed only once they have been quiet; otherwise all are read.</param>
    /// <returns>The operations, which may still be under way.</returns>
    /// <exception cref="TacHostException">The directory cannot be read. Nothing was done.</exception>
    public async Task<IReadOnlyList<Task<UnitOutcome>>> ApplyAsync(bool onlyChanged)
    {
        await _applying.WaitAsync(context.Stopping.Token);
        try
        {
            var entries = FleetDirectory.Read(context.Fleet.Directory);
            Problem = null;
            var changed = _units.Follow(entries, onlyChanged);
            List<Task<UnitOutcome>> operations = [];
            foreach (var batch in changed.Chunk(FleetSources.BatchSize))
            {
                foreach (var (unit, prepared) in await FleetSources.PrepareAsync(batch, context))
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
        if (context.Leash is not null)
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
        context.Log = Logger;
        foreach (var variable in _ofTheManager)
            Environment.SetEnvironmentVariable(variable, null);
        await using var stop = cancellationToken.Register(context.Stopping.Cancel);
        _units.Follow(FleetDirectory.Read(context.Fleet.Directory), onlyChanged: false);
        await Task.WhenAll(_units.All.Select(unit => unit.AdoptAsync()));
        await Task.WhenAll(await ApplyAsync(onlyChanged: false));
        FleetLog.Ready(Logger, Summary);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (context.Fleet.NoWatch)
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
        await context.Stopping.CancelAsync();
        if (!_isReleased)
            await _units.FinishAsync();
        _units.Dispose();
        context.Dispose();
    }
}
