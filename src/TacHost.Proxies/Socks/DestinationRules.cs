using System.Net;
using System.Net.Sockets;

namespace TacHost.Proxies.Socks;

/// <summary>
/// The rules for permitted destinations. Denied destinations are never permitted. If there are
/// allowed destinations, only these are permitted; otherwise all that are not protected.
/// </summary>
internal sealed class DestinationRules(SocksOptions options)
{
    private static readonly IPNetwork _ipv4LinkLocal = IPNetwork.Parse("169.254.0.0/16");
    private static readonly IPNetwork _ipv4Multicast = IPNetwork.Parse("224.0.0.0/3");
    private static readonly IPNetwork _ipv4This = IPNetwork.Parse("0.0.0.0/8");

    /// <summary>Returns false if the name is denied, so that no lookup is needed.</summary>
    public bool MayBeAllowed(string name, int port) => !options.Denied.Any(each => each.CoversName(name, port));

    /// <summary>Returns true if a client may connect to an address.</summary>
    /// <param name="address">The address. Must not be an IPv4-mapped IPv6 address.</param>
    /// <param name="port">The port.</param>
    /// <param name="name">The requested name, or null.</param>
    /// <param name="client">The address of the client.</param>
    public bool IsAllowed(IPAddress address, int port, string? name, IPAddress? client)
    {
        if (options.Denied.Any(each => each.CoversAddress(address, port) || (name is not null && each.CoversName(name, port))))
            return false;
        if (options.Allowed.Count > 0)
            return options.Allowed.Any(each => each.CoversAddress(address, port) || (name is not null && each.CoversName(name, port)));
        return !IsProtected(address) && (!IPAddress.IsLoopback(address) || client is null || IPAddress.IsLoopback(client));
    }

    private static bool IsProtected(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? _ipv4LinkLocal.Contains(address) || _ipv4Multicast.Contains(address) || _ipv4This.Contains(address)
            : address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any);
}
