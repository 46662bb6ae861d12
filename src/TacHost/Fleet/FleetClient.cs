using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Daemon;

namespace TacHost.Fleet;

/// <summary>Finds the emperor of a fleet.</summary>
internal static class FleetClient
{
    /// <summary>Connects to the emperor.</summary>
    /// <exception cref="TacHostException">No emperor runs.</exception>
    public static ControlClient Connect(FleetOptions fleet) => TryConnect(fleet) ?? throw (PidFileHolder.Find(fleet.EmperorPidFile) is { } process
        ? new TacHostException(ExitCode.Unavailable, $"the emperor (process {process}) is still starting, and has no control socket yet. Try again.")
        : new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"no emperor runs the fleet '{fleet.Directory}': '{fleet.EmperorPidFile}' is not locked. Start one with 'tachost emperor {fleet.Directory}', or name another fleet with --fleet or {FleetCommandLine.Variable}.")));

    /// <summary>Connects to the emperor, or returns null if none runs.</summary>
    public static ControlClient? TryConnect(FleetOptions fleet) =>
        PidFileHolder.Find(fleet.EmperorPidFile) is { } process ? ControlClient.Connect(process) : null;

    /// <summary>Asks for a report of all deployments.</summary>
    /// <exception cref="TacHostException">No emperor runs.</exception>
    public static FleetReport Ask(FleetOptions fleet)
    {
        using var client = Connect(fleet);
        return Ask(client);
    }

    public static FleetReport Ask(ControlClient client) =>
        client.Call("fleet", null, ControlClient.Timeout).Deserialize(ControlJson.Default.FleetReport)!;
}
