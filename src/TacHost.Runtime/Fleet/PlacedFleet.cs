using System.Text.Json;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>The deployments of this machine as its cluster places them.</summary>
internal sealed class PlacedFleet(UnitSet units, FleetContext context, IPlacement placement) : IPlacedFleet
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    private long _followed;
    private readonly Dictionary<string, (int Process, IReadOnlyList<string> Addresses)> _addresses = [];

    /// <inheritdoc/>
    public async Task PlaceAsync(string name, long epoch)
    {
        context.Right!.Check();
        if (units.Find(name) is not { } unit)
            return;
        await unit.FollowAsync(placement.Desired.Find(name));
        await unit.PlaceAsync(epoch);
    }

    /// <inheritdoc/>
    public Task DisplaceAsync(string name) => units.Find(name)?.DisplaceAsync() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public LogPage ReadLog(LogQuestion question) => LogPages.Read(context.Fleet.LogFileOf(question.Name), question);

    /// <inheritdoc/>
    public void Abandon(string reason)
    {
        FleetLog.Abandoned(context.Log, reason);
        var end = LibcClock.BootTime + context.Right!.Limit / 3;
        foreach (var unit in units.All)
            unit.Signal(UnitProcess.Terminate);
        while (units.All.Any(unit => unit.IsAlive) && LibcClock.BootTime < end)
            BlockingWait.For(Task.Delay(10));
        foreach (var unit in units.All)
            unit.Signal(UnitProcess.Kill);
        LibcClock.ExitNow(ExitCode.TimedOut);
    }

    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await placement.JoinAsync(this, context.Log, cancellationToken);
        await FollowAsync();
        placement.Publish(Published(), _followed);
    }

    /// <summary>Publishes the running deployments until the end.</summary>
    public async Task PublishAsync(CancellationToken stoppingToken)
    {
        var following = Task.CompletedTask;
        using PeriodicTimer timer = new(_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var unit in units.All)
                await FindAddressesAsync(unit);
            if (following.IsCompleted && placement.Desired.Version > _followed)
                following = FollowAsync();
            placement.Publish(Published(), _followed);
        }
    }

    /// <summary>Has all deployments follow the desired state.</summary>
    private async Task FollowAsync()
    {
        var desired = placement.Desired;
        await Task.WhenAll(units.All.Select(unit => unit.FollowAsync(desired.Find(unit.Name))));
        _followed = desired.Version;
    }

    private IReadOnlyList<ClusterUnit> Published() => [.. units.All.Where(unit => unit.IsWanted).Select(Published)];

    private ClusterUnit Published(Unit unit)
    {
        var pid = unit.Process;
        return new ClusterUnit
        {
            Name = unit.Name,
            Hash = unit.Contents.OnDisk,
            Ready = unit.Contents.Ready,
            Runs = unit.Contents.Running,
            Here = unit.IsHere,
            State = unit.State.Word(),
            Reason = unit.Reason,
            Pid = pid,
            Epoch = unit.Epoch,
            Addresses = pid is { } process && _addresses.TryGetValue(unit.Name, out var known) && known.Process == process ? known.Addresses : [],
        };
    }

    private async Task FindAddressesAsync(Unit unit)
    {
        if (unit is not { State: UnitState.Running, Process: { } process } || (_addresses.TryGetValue(unit.Name, out var known) && known.Process == process))
            return;
        var addresses = await FleetContext.OnThread(() => AddressesOf(process));
        if (addresses is not null)
            _addresses[unit.Name] = (process, addresses);
    }

    private static List<string>? AddressesOf(int process)
    {
        try
        {
            using var client = ControlClient.Connect(process);
            return client?.Call("status", null, ControlClient.Timeout).Deserialize(ControlJson.Default.StatusReport)!.Services.SelectMany(service => service.LocalAddresses).Distinct().ToList();
        }
        catch (TacHostException)
        {
            return null;
        }
    }
}
