using System.Text.Json;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>The deployments of this machine as its cluster places them.</summary>
internal sealed class PlacedFleet(UnitSet units, FleetContext context, IPlacement placement) : IPlacedFleet
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, (int Process, IReadOnlyList<string> Addresses)> _addresses = [];

    /// <inheritdoc/>
    public async Task PlaceAsync(string name, long epoch)
    {
        context.Right!.Check();
        if (units.Find(name) is not { } unit)
            return;
        await unit.PlaceAsync(epoch);
    }

    /// <inheritdoc/>
    public Task DisplaceAsync(string name) => units.Find(name)?.DisplaceAsync() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void Abandon(string reason)
    {
        FleetLog.Abandoned(context.Log, reason);
        var end = LibcClock.BootTime + context.Right!.Limit / 3;
        foreach (var unit in units.All)
            unit.Signal(UnitProcess.Terminate);
        while (units.All.Any(unit => unit.IsAlive) && LibcClock.BootTime < end)
            Waiting.For(Task.Delay(10));
        foreach (var unit in units.All)
            unit.Signal(UnitProcess.Kill);
        LibcClock.ExitNow(ExitCode.TimedOut);
    }

    /// <summary>Joins the cluster.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        await placement.JoinAsync(this, context.Log, cancellationToken);
        placement.Publish(Published());
    }

    /// <summary>Publishes what runs, until the end.</summary>
    public async Task PublishAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var unit in units.All)
                await FindAddressesAsync(unit);
            placement.Publish(Published());
        }
    }

    private IReadOnlyList<ClusterUnit> Published() => [.. units.All.Where(unit => unit.IsWanted).Select(Published)];

    private ClusterUnit Published(Unit unit)
    {
        var pid = unit.Process;
        return new ClusterUnit
        {
            Name = unit.Name,
            Hash = unit.KnownHash,
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

    /// <summary>Returns null as long as the process does not answer.</summary>
    private static List<string>? AddressesOf(int process)
    {
        try
        {
            using var client = ControlClient.Connect(process);
            return client?.Call("status", null, ControlClient.Patience).Deserialize(ControlJson.Default.StatusReport)!.Services.SelectMany(service => service.LocalAddresses).Distinct().ToList();
        }
        catch (TacHostException)
        {
            return null;
        }
    }
}
