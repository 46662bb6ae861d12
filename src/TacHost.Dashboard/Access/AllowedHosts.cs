using System.Net;
using Microsoft.AspNetCore.Http;

namespace TacHost.Dashboard.Access;

/// <summary>The allowed names in Host headers. The refusal of other names prevents DNS rebinding.</summary>
internal sealed class AllowedHosts(IReadOnlyList<EndPoint> addresses, IReadOnlyList<string> others)
{
    private readonly HashSet<string> _names = new(
        [.. addresses.OfType<IPEndPoint>().Select(endPoint => Text(endPoint.Address)), .. others, "localhost", "127.0.0.1", "[::1]"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns whether a request with a name is answered.</summary>
    public bool Allow(HostString host) => host.HasValue && _names.Contains(host.Host);

    private static string Text(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
