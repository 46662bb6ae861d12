using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Listening;

/// <summary>What the <c>iface</c> of a listener stands for.</summary>
internal static class InterfaceAddresses
{
    /// <summary>The addresses to bind: one for an address or for every interface, all of them for a host name or the name of a network interface.</summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string iface, string servicePath, CancellationToken cancellationToken)
    {
        if (iface.Length == 0)
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        if (IPAddress.TryParse(iface, out var address))
            return [address];

        // "localhost" is by far the most frequent name, and listing the interfaces costs more than resolving it.
        Exception? cause;
        try
        {
            // That name is answered by a file, so it holds nobody up, and is spared a journey through the thread pool.
            var found = iface == "localhost" ? Dns.GetHostAddresses(iface) : await Dns.GetHostAddressesAsync(iface, cancellationToken);
            return [.. found.Distinct()];
        }
        catch (SocketException e)
        {
            cause = e;
        }

        var named = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == iface);
        var addresses = named?.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address).ToList();
        if (addresses is { Count: > 0 })
            return addresses;
        var reason = named is null
            ? "it is neither an address, nor a host name that resolves, nor a network interface of this machine"
            : "that network interface has no address";
        throw new CannotListenException(null, $"The service '{servicePath}' cannot listen on '{iface}', because {reason}. Name one of: localhost, {string.Join(", ", NetworkInterface.GetAllNetworkInterfaces().Select(each => each.Name))}.", cause);
    }
}
