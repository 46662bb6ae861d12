using System.Globalization;
using System.Net;
using System.Text;
using TacHost.Control.Wire;
using TacHost.Services.Networking;

namespace TacHost.Dashboard.Watching;

/// <summary>A service that connects to a service of this machine.</summary>
/// <param name="From">The service that connects.</param>
/// <param name="To">The service that listens.</param>
/// <param name="Address">The address that the service listens on.</param>
internal sealed record ServiceLink(ServicePlace From, ServicePlace To, string Address)
{
    /// <summary>Returns the links between the services of a snapshot.</summary>
    public static IReadOnlyList<ServiceLink> In(Snapshot snapshot)
    {
        List<(ServicePlace Place, ServiceReport Report)> services = [.. snapshot.Processes.SelectMany(process => process.Applications.SelectMany(application =>
            process.ServicesOf(application.Name ?? "").Select(report => (new ServicePlace(process.Id, application.Name ?? "", report.Path), report))))];
        if (services.TrueForAll(service => service.Report.Connects.Count == 0))
            return [];

        // A service without connections has datagrams, whose ports are others.
        var listeners = services.Where(service => service.Report.Connections is not null).SelectMany(service => service.Report.LocalAddresses.Select(address => (service.Place, Address: address))).ToLookup(listener => KeyOf(listener.Address));
        return [.. from service in services
                   from target in service.Report.Connects.Select(Parts)
                   from listener in listeners[target is [_, _, var port, ..] ? port : target is [_, var path] ? path : ""]
                   where Reaches(target, listener.Address)
                   select new ServiceLink(service.Place, listener.Place, listener.Address)];
    }

    /// <summary>Returns the port of an IP address, and otherwise the path of a UNIX socket.</summary>
    private static string KeyOf(string address) => AddressText.TryParseEndPoint(address, out var endPoint) ? endPoint.Port.ToString(CultureInfo.InvariantCulture) : address;

    /// <summary>Returns whether a target is a listener. Only addresses count, because the dashboard resolves no names but <c>localhost</c>.</summary>
    private static bool Reaches(IReadOnlyList<string> target, string address)
    {
        if (!AddressText.TryParseEndPoint(address, out var listening))
            return target[0] == "unix";
        if (target[0] is not ("tcp" or "tls"))
            return false;
        var isWildcard = listening.Address.Equals(IPAddress.Any) || listening.Address.Equals(IPAddress.IPv6Any);
        return AddressText.TryParse(target[1], out var host)
            ? host.Equals(listening.Address) || (isWildcard && IPAddress.IsLoopback(host))
            : target[1] == "localhost" && (isWildcard || IPAddress.IsLoopback(listening.Address));
    }

    /// <summary>Returns the parts of an endpoint, such as <c>tcp</c>, <c>localhost</c> and <c>10000</c>, without its settings.</summary>
    private static IReadOnlyList<string> Parts(string endpoint)
    {
        List<StringBuilder> parts = [new()];
        for (var i = 0; i < endpoint.Length && endpoint[i] != '='; i++)
        {
            if (endpoint[i] == ':')
                parts.Add(new());
            else
                parts[^1].Append(endpoint[i] == '\\' && i + 1 < endpoint.Length ? endpoint[++i] : endpoint[i]);
        }

        return [.. parts.Select(part => part.ToString())];
    }
}

/// <summary>The service of an application of a process.</summary>
internal readonly record struct ServicePlace(int Process, string Application, string Path);
