using System.Globalization;
using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>A search in /proc (proc(5)) for the process that listens on a TCP port.</summary>
internal static class PortHolder
{
    private const string ListenState = "0A";

    /// <summary>Returns a text such as "process 4711 (tachost deployments/science.csx)", or null if the process cannot be found.</summary>
    public static string? Describe(IPEndPoint endPoint)
    {
        try
        {
            var sockets = Inodes("/proc/net/tcp", endPoint).Concat(Inodes("/proc/net/tcp6", endPoint)).Select(inode => $"socket:[{inode}]").ToHashSet();
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc").Select(process => DescribeIfItHolds(process, sockets)).FirstOrDefault(found => found is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Inodes(string table, IPEndPoint endPoint)
    {
        if (!File.Exists(table))
            yield break;
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[3] == ListenState && Clashes(columns[1], endPoint))
                yield return columns[9];
        }
    }

    /// <summary>Returns whether a local address such as "0100007F:2710" conflicts with an end point.</summary>
    private static bool Clashes(string local, IPEndPoint endPoint)
    {
        var colon = local.IndexOf(':', StringComparison.Ordinal);
        if (int.Parse(local.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) != endPoint.Port)
            return false;
        var bytes = Convert.FromHexString(local.AsSpan(0, colon));

        // The kernel prints each 32-bit word of the address in host byte order.
        if (BitConverter.IsLittleEndian)
        {
            for (var word = 0; word < bytes.Length; word += 4)
                Array.Reverse(bytes, word, 4);
        }

        var address = new IPAddress(bytes);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.Equals(endPoint.Address)
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            || endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
    }

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
