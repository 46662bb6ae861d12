using System.Globalization;
using System.Net;
using System.Text.Json;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Checking;

/// <summary>The addresses that running applications listen on, from their control sockets.</summary>
internal sealed class RunningAddresses
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(2);

    private readonly Lazy<IReadOnlyList<Holder>> _holders;

    /// <summary>Initializes the addresses, which are queried on first use.</summary>
    /// <param name="own">The checked files, whose own running applications do not count: a new start replaces them.</param>
    public RunningAddresses(IReadOnlyList<string> own) =>
        _holders = new(() => [.. ControlAddress.All().Select(name => Task.Run(() => Ask(name))).ToArray().SelectMany(BlockingWait.Result).Where(each => !own.Any(file => IsSame(file, each.Source)))]);

#pragma warning disable RS0030 // the texts were printed by .NET, or are those of endpoints that have been parsed
    /// <summary>Finds the running service that listens on a place.</summary>
    /// <param name="place">The place, with an absolute path if it is a UNIX socket.</param>
    public Holder? Find(ListeningPlace place) => place.Port is { } port
        ? _holders.Value.FirstOrDefault(each => IPEndPoint.TryParse(each.Address, out var address) && address.Port == port && Meet(place.Interface, address.Address) && IsBound(place.Kind, port))
        : place.Kind == "unix" ? _holders.Value.FirstOrDefault(each => each.Address == place.Place) : null;

    /// <summary>Returns whether an interface of an endpoint includes an address. A name of an interface may.</summary>
    private static bool Meet(string name, IPAddress address)
    {
        if (name.Length == 0 || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return true;
        if (name == "localhost")
            return IPAddress.IsLoopback(address);
        return IPAddress.TryParse(name, out var wanted) && (wanted.Equals(address) || wanted.Equals(IPAddress.Any) || wanted.Equals(IPAddress.IPv6Any));
    }

#pragma warning restore RS0030

    /// <summary>Returns whether the kernel has a socket of a protocol on a port. An application reports addresses without the protocol.</summary>
    private static bool IsBound(string kind, int port)
    {
        const int local = 1, state = 3;
        const string listens = "0A";
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in new[] { $"/proc/net/{kind}", $"/proc/net/{kind}6" })
        {
            if (File.Exists(table) && File.ReadLines(table).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(columns => columns.Length > state && columns[local].EndsWith(suffix, StringComparison.Ordinal) && (kind != "tcp" || columns[state] == listens)))
                return true;
        }

        return false;
    }

    private static List<Holder> Ask(string name)
    {
        try
        {
            using var client = ControlClient.Connect(name);
            if (client is null || (client.User == 0 && LibcAccounts.GetEuid() != 0))
                return [];
            // A process of another user may send anything, also null.
            if (client.Call("ps", null, _timeout).Deserialize(ControlJson.Default.ProcessReport) is not { Applications: { } sources } || client.Call("status", null, _timeout).Deserialize(ControlJson.Default.StatusReport) is not { Services: { } services })
                return [];
            return
            [
                .. services.SelectMany(service => service.LocalAddresses.Select(address =>
                    new Holder(client.Process, sources.FirstOrDefault(each => service.Path == each.Name || service.Path.StartsWith($"{each.Name}/", StringComparison.Ordinal))?.Source ?? "", service.Path, address))),
            ];
        }
        catch (Exception e) when (e is TacHostException or JsonException)
        {
            // A process that does not answer may have ended, or may not be tachost.
            return [];
        }
    }

    private static bool IsSame(string file, string source) =>
        Path.GetFullPath(file) == source || (FileStatusOf.Target(Path.GetFullPath(file)) is { } one && FileStatusOf.Target(source) is { } other && one.IsSameFileAs(other));

    /// <summary>A running service and an address of it.</summary>
    /// <param name="Process">The process ID.</param>
    /// <param name="Source">The path of the tac file, or the plugin.</param>
    /// <param name="Service">The path of the service.</param>
    /// <param name="Address">The address: IP address and port, or the path of a UNIX socket.</param>
    internal sealed record Holder(int Process, string Source, string Service, string Address);
}
