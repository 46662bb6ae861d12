using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using TacHost.CommandLine;
using TacHost.Control.Wire;
using TacHost.Fleet;
using TacHost.Native;

namespace TacHost.Cluster;

/// <summary>A placement by leases in PostgreSQL. The nodes do not connect to each other.</summary>
/// <remarks>
/// A lease lasts twice the longest freeze. A node that has not renewed its leases for the longest freeze ends its deployments and itself.
/// The time counts from before the question to the server, so that a late answer does not extend a lease.
/// </remarks>
internal sealed class PostgresPlacement : IPlacement
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _watchInterval = TimeSpan.FromMilliseconds(100);

    private readonly ClusterOptions _options;
    private readonly PostgresStore _store;
    private readonly PostgresDecisions _decisions;
    private readonly EventLog _events = new();
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _operations = new(StringComparer.Ordinal);
    private readonly string _address;
    private volatile ClusterReport _report;
    private volatile IReadOnlyList<ClusterUnit> _units = [];
    private volatile IReadOnlyList<PostgresLease> _leases = [];
    private IPlacedFleet? _fleet;
    private long _followed;
    private long _renewed;
    private volatile bool _isLeaving;
    private Task _running = Task.CompletedTask;

    /// <param name="options">The options of the node.</param>
    /// <param name="longestStop">Not needed, because a lease is held until a deployment is off.</param>
    /// <param name="directory">Not needed, because the server keeps the desired state.</param>
    public PostgresPlacement(ClusterOptions options, TimeSpan longestStop, string directory)
    {
        (_, _) = (longestStop, directory);
        _options = options;
        _address = new System.Net.IPEndPoint(System.Net.IPAddress.Parse(options.Host), options.Port).ToString();
        _store = new PostgresStore(options.Postgres!, options.Node, _address, 2 * options.Freeze);
        _decisions = new PostgresDecisions(options.Node);
        _report = new ClusterReport { Node = options.Node };
    }

    /// <inheritdoc/>
    public ClusterSet Desired => _report.Desired;

    /// <inheritdoc/>
    public async Task JoinAsync(IPlacedFleet fleet, ILogger log, CancellationToken cancellationToken)
    {
        try
        {
            await _store.CreateAsync();
            if (!await ExchangeAsync(isFirst: true))
                throw new TacHostException(ExitCode.AlreadyRunning, $"another node with the name '{_options.Node}' is in the cluster. Choose another name with --node.");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new TacHostException(ExitCode.Unavailable, $"node '{_options.Node}' cannot use PostgreSQL: {e.Message} Check --postgres.", e);
        }

        _running = Task.WhenAll(RunAsync(fleet, log), WatchAsync(fleet));
    }

    /// <inheritdoc/>
    public void Publish(IReadOnlyList<ClusterUnit> units, long followed)
    {
        _units = units;
        Interlocked.Exchange(ref _followed, followed);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync()
    {
        _isLeaving = true;
        await _running;
    }

    /// <inheritdoc/>
    public ClusterReport Report() => _report;

    /// <inheritdoc/>
    public async Task ChangeAsync(ClusterSet desired)
    {
        try
        {
            if (!await _store.ChangeAsync(desired.Version, DesiredText.Of(desired)))
                throw new TacHostException(ExitCode.TimedOut, $"version {desired.Version} of the desired state is not the next one any more. Look at it again.");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new TacHostException(ExitCode.TimedOut, $"PostgreSQL did not confirm the change: {e.Message} Try again.", e);
        }
    }

    /// <inheritdoc/>
    public ClusterEvents EventsAfter(long number) => _events.After(number);

    /// <inheritdoc/>
    public Task<LogPage> ReadLogAsync(string node, LogQuestion question) => node == _options.Node && _fleet is { } fleet
        ? Task.FromResult(fleet.ReadLog(question))
        : throw new TacHostException(ExitCode.Unavailable, $"the log of '{question.Name}' is on node '{node}', and nodes with --postgres do not talk to each other. Ask there.");

    private async Task RunAsync(IPlacedFleet fleet, ILogger log)
    {
        _fleet = fleet;
        using PeriodicTimer timer = new(_interval);
        var isLost = false;
        while (!_isLeaving || _held.Count > 0)
        {
            try
            {
                if (!await ExchangeAsync(isFirst: false))
                    fleet.Abandon($"another node has taken the name '{_options.Node}'");
                await DecideAsync(fleet, log);
                isLost = false;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                if (!isLost)
                    ClusterLog.StoreLost(log, e.Message);
                isLost = true;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        await RemoveAsync();
    }

    private async Task RemoveAsync()
    {
        try
        {
            await _store.RemoveAsync();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The row is ignored when it is old.
        }

        await _store.DisposeAsync();
    }

    /// <summary>Ends this process if its leases may end soon.</summary>
    private async Task WatchAsync(IPlacedFleet fleet)
    {
        using PeriodicTimer timer = new(_watchInterval);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            if (_isLeaving && HeldCount() == 0)
                return;
            if (HeldCount() > 0 && LibcClock.BootTime.Ticks - Interlocked.Read(ref _renewed) > _options.Freeze.Ticks)
                fleet.Abandon("PostgreSQL has not renewed its leases in time");
        }
    }

    private int HeldCount()
    {
        lock (_held)
            return _held.Count;
    }

    /// <returns>False if another node has the name.</returns>
    private async Task<bool> ExchangeAsync(bool isFirst)
    {
        var began = LibcClock.BootTime.Ticks;
        var own = new ClusterNode { Name = _options.Node, Address = _address, State = _isLeaving ? "leaving" : "up", Version = HostVersion.Text, Roles = _options.Roles, Followed = Interlocked.Read(ref _followed), Units = _units };
        string[] held;
        lock (_held)
            held = [.. _held];
        var state = await _store.ExchangeAsync(
            JsonSerializer.Serialize(own, ControlJson.Default.ClusterNode), held.ToDictionary(name => name, name => own.Units.FirstOrDefault(unit => unit.Name == name)?.Epoch ?? 0), isFirst);
        if (!state.IsRegistered)
            return false;
        Interlocked.Exchange(ref _renewed, began);
        var old = _report;
        var now = new ClusterReport
        {
            Node = _options.Node,
            Ready = true,
            Desired = state.Desired is { } text ? DesiredText.Read(text) : new ClusterSet(),
            Nodes = [.. state.Reports.Select(each => JsonSerializer.Deserialize(each, ControlJson.Default.ClusterNode)!).OrderBy(node => node.Name, StringComparer.Ordinal)],
        };
        _events.Compare(old, now);
        (_report, _leases) = (now, state.Leases);
        return true;
    }

    private async Task DecideAsync(IPlacedFleet fleet, ILogger log)
    {
        foreach (var done in _operations.Where(each => each.Value.IsCompleted).Select(each => each.Key).ToList())
            _operations.Remove(done);
        foreach (var lost in _leases.Where(lease => !(lease.IsOurs && lease.IsHeld)).Select(lease => lease.Name).Where(IsHeld).ToList())
            fleet.Abandon($"the lease of '{lost}' has ended");
        var busy = _operations.Keys.ToHashSet();
        foreach (var name in _isLeaving ? [] : _decisions.ToAcquire(_report, _leases, busy))
        {
            if (await _store.AcquireAsync(name) is not { } epoch)
                continue;
            lock (_held)
                _held.Add(name);
            _operations[name] = ObserveAsync(name, fleet.PlaceAsync(name, epoch), log);
        }

        string[] held;
        lock (_held)
            held = [.. _held];
        var toRelease = _isLeaving ? held.Where(name => !busy.Contains(name)).Take(busy.Count == 0 ? 1 : 0) : _decisions.ToRelease(_report, held, _leases, busy);
        foreach (var name in toRelease.ToList())
            _operations[name] = ObserveAsync(name, ReleaseAsync(fleet, name), log);
    }

    private bool IsHeld(string name)
    {
        lock (_held)
            return _held.Contains(name);
    }

    private async Task ReleaseAsync(IPlacedFleet fleet, string name)
    {
        await fleet.DisplaceAsync(name);
        var epoch = _units.FirstOrDefault(unit => unit.Name == name)?.Epoch ?? 0;
        lock (_held)
            _held.Remove(name);
        await _store.ReleaseAsync(name, epoch);
    }

    private static async Task ObserveAsync(string name, Task operation, ILogger log)
    {
        try
        {
            await operation;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ClusterLog.Failed(log, name, e);
        }
    }
}
