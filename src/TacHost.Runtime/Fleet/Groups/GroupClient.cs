using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet.Groups;

/// <summary>The emperor's side of a group: asks the process of the group for its applications.</summary>
internal static class GroupClient
{
    /// <summary>The character between the name of a group and that of an application in it.</summary>
    public const char Separator = '/';

    /// <summary>Returns the applications of a group, with their whole names. An empty list means that the process does not answer.</summary>
    public static IReadOnlyList<UnitReport> Applications(Unit group)
    {
        if (!group.Entry.IsGroup || group.Process is not { } process)
            return [];
        try
        {
            using var client = ControlClient.Connect(process);
            var report = client?.Call("fleet", null, ControlClient.Timeout).Deserialize(ControlJson.Default.FleetReport);
            return [.. (report?.Units ?? []).Select(unit => unit with { Name = $"{group.Name}{Separator}{unit.Name}" })];
        }
        catch (TacHostException)
        {
            return [];
        }
    }

    /// <summary>Has a group execute a command for one of its applications. Blocks until it is done.</summary>
    public static UnitOutcome Operate(Unit group, string verb, string name)
    {
        var whole = $"{group.Name}{Separator}{name}";
        try
        {
            using var client = group.Process is { } process ? ControlClient.Connect(process) : null;
            return client is null
                ? new UnitOutcome(whole, ExitCode.Unavailable, $"the group '{group.Name}' does not run. Start it.")
                : client.Call(GroupApplicationSource.OperateMethod, new JsonObject { ["verb"] = verb, ["name"] = name }, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.UnitOutcome)! with { Name = whole };
        }
        catch (TacHostException e)
        {
            return new UnitOutcome(whole, e.ExitCode, e.Message);
        }
    }
}
