using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using TacHost.CommandLine;
using TacHost.Services.Networking;

namespace TacHost.Units;

/// <summary>The socket units of a deployment (systemd.socket(5)). Each server finds its socket by the address, so the tac file needs no change.</summary>
internal static class SocketUnits
{
    private const string DefaultMode = "0666";

    /// <summary>Creates one unit, and another for each further mode of UNIX sockets, because a unit has one mode.</summary>
    /// <exception cref="TacHostException">An interface has no address.</exception>
    public static IReadOnlyList<(string Name, string Text)> Of(Deployed deployed)
    {
        var byMode = deployed.Places
            .Where(place => place.Port is not null || place.Kind == "unix")
            .GroupBy(place => place.Mode?.PadLeft(4, '0') ?? DefaultMode)
            .OrderBy(group => group.Key != DefaultMode)
            .ToList();
        return [.. byMode.Select((group, index) => (index == 0 ? $"{deployed.UnitName}.socket" : $"{deployed.UnitName}-{group.Key}.socket", Make(deployed, group.Key, [.. group])))];
    }

    private static string Make(Deployed deployed, string mode, IReadOnlyList<ListeningPlace> places)
    {
        UnitText unit = new();
        unit.Section("Unit");
        unit.Add("Description", $"{UnitText.Plain(deployed.Root.Name)} (sockets)");
        unit.Section("Socket");
        unit.Add("Service", $"{deployed.UnitName}.service");
        foreach (var line in places.SelectMany(place => Lines(place, deployed)).Distinct())
            unit.Add(line.Name, line.Value);
        if (places.Any(place => place.Kind == "unix"))
        {
            unit.Add("SocketMode", mode);
            if (deployed.Options.User is { } user && !deployed.Options.Command.ForUser)
                unit.Add("SocketUser", UnitText.Plain(user));
            if (deployed.Options.Group is { } group && !deployed.Options.Command.ForUser)
                unit.Add("SocketGroup", UnitText.Plain(group));
            unit.Add("RemoveOnStop", "yes");
        }

        // An address may come up later than the socket.
        if (places.Any(place => place.Port is not null && place.Interface.Length > 0 && !place.IsLocal))
            unit.Add("FreeBind", "yes");
        unit.Section("Install");
        unit.Add("WantedBy", "sockets.target");
        return unit.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Lines(ListeningPlace place, Deployed deployed)
    {
        var name = place.IsDatagram ? "ListenDatagram" : "ListenStream";
        if (place.Kind == "unix")
            return [(name, UnitText.Plain(Path.GetFullPath(place.Place, deployed.Directory)))];
        return place.Interface.Length == 0
            ? [(name, place.Place)]
            : Addresses(place.Interface).Select(address => (name, UnitText.Plain(new IPEndPoint(address, place.Port!.Value).ToString())));
    }

    private static List<IPAddress> Addresses(string iface)
    {
        try
        {
            return [.. BlockingWait.Result(HostNameResolver.ResolveAsync(iface)).Distinct()];
        }
        catch (SocketException e)
        {
            var named = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == iface);
            return named?.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address).ToList() is { Count: > 0 } addresses
                ? addresses
                : throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"the interface '{iface}' has no address on this machine, and a socket unit needs one: {e.Message}"), e);
        }
    }
}
