using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Listening;

/// <summary>A search in /proc (proc(5)) for the process that listens on a port.</summary>
internal static class PortHolder
{
    private const string ListenState = "0A";
    private const string UnconnectedState = "07";

    /// <summary>Returns a text such as "process 4711 (tachost deployments/science.csx)", or null if the process cannot be found.</summary>
    public static string? Describe(IPEndPoint endPoint, ProtocolType protocol = ProtocolType.Tcp)
    {
        try
        {
            var (table, state) = protocol == ProtocolType.Udp ? ("udp", UnconnectedState) : ("tcp", ListenState);
            var sockets = ProcNetSocket.Read(table).Where(row => row.State == state && Clash(row.Local, endPoint)).Select(row => $"socket:[{row.Inode}]").ToHashSet();
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc").Select(process => DescribeIfItHolds(process, sockets)).FirstOrDefault(found => found is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Clash(IPEndPoint bound, IPEndPoint endPoint) =>
        bound.Port == endPoint.Port && (bound.Address.Equals(endPoint.Address) || IsAny(bound.Address) || IsAny(endPoint.Address));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string? DescribeIfItHolds(string process, HashSet<string> sockets)
    {
        try
        {
            var descriptors = System.IO.Path.Combine(process, "fd");
            if (!int.TryParse(System.IO.Path.GetFileName(process), CultureInfo.InvariantCulture, out var id) || !Directory.Exists(descriptors))
                return null;
            if (!Directory.EnumerateFiles(descriptors).Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target)))
                return null;
            return ProcessDescription.Of(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or belongs to another user.
            return null;
        }
    }
}
