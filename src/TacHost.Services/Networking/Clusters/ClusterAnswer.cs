using System.Net;
using System.Text.Json;

namespace TacHost.Services.Networking.Clusters;

/// <summary>Reads the answer of the method <c>cluster</c>. Decides as <c>tachost cluster where</c> does which node runs a deployment.</summary>
internal static class ClusterAnswer
{
    /// <exception cref="NodeUnavailableException">The answer is an error, or the node has not joined its cluster.</exception>
    public static IReadOnlyList<ClusterDeployment> Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("error", out var error))
                throw new NodeUnavailableException($"the process is not a node of a cluster: {error.GetProperty("message").GetString()}");
            var report = document.RootElement.GetProperty("result");
            return report.GetProperty("ready").GetBoolean()
                ? Deployments(report)
                : throw new NodeUnavailableException($"node '{report.GetProperty("node").GetString()}' has not joined its cluster yet");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new NodeUnavailableException($"the node runs another version of tachost: {e.Message}", e);
        }
    }

    private static List<ClusterDeployment> Deployments(JsonElement report)
    {
        // A node that others cannot reach counts only if no other has the deployment.
        var units = (from node in report.GetProperty("nodes").EnumerateArray().OrderBy(node => Text(node, "state") is "unreachable" or "down")
                     from unit in node.GetProperty("units").EnumerateArray()
                     select (Name: Text(unit, "name"), Node: node, Unit: unit, IsHere: unit.GetProperty("here").GetBoolean())).ToList();
        var desired = report.GetProperty("desired");
        var isApplied = desired.GetProperty("applied").GetBoolean();
        var wanted = desired.GetProperty("units").EnumerateArray().Select(unit => (Name: Text(unit, "name"), IsOff: unit.GetProperty("off").GetBoolean())).ToList();
        var names = units.Where(unit => !isApplied || unit.IsHere || wanted.Exists(each => each.Name == unit.Name)).Select(unit => unit.Name)
            .Concat(wanted.Where(each => isApplied || each.IsOff).Select(each => each.Name));
        var owners = units.Where(unit => unit.IsHere).DistinctBy(unit => unit.Name).ToDictionary(unit => unit.Name);
        return [.. names.Distinct().Order(StringComparer.Ordinal).Select(name =>
            owners.TryGetValue(name, out var owner) && Addresses(owner.Node, owner.Unit) is { Count: > 0 } addresses
                ? new ClusterDeployment(name, Text(owner.Node, "name"), addresses)
                : new ClusterDeployment(name, null, []))];
    }

    private static List<IPEndPoint> Addresses(JsonElement node, JsonElement unit)
    {
        if (Text(unit, "state") == "stopping" || !AddressText.TryParseEndPoint(Text(node, "address"), out var own))
            return [];
        List<IPEndPoint> addresses = [];
        foreach (var each in unit.GetProperty("addresses").EnumerateArray())
        {
            if (!AddressText.TryParseEndPoint(each.GetString()!, out var address))
                continue;
            if (address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any))
                address.Address = own.Address;
            if ((!IPAddress.IsLoopback(address.Address) || IPAddress.IsLoopback(own.Address)) && !addresses.Contains(address))
                addresses.Add(address);
        }

        return addresses;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
