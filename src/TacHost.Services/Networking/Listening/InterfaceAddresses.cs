using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>A resolver for the <c>iface</c> of a listener.</summary>
internal static class InterfaceAddresses
{
    /// <summary>Gets whether IPv6 is supported by the kernel and not disabled. Equivalent to <c>Socket.OSSupportsIPv6</c>, which would load further assemblies.</summary>
    private static bool HasIPv6 =>
        !(AppContext.TryGetSwitch("System.Net.DisableIPv6", out var isOff) ? isOff : Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_DISABLEIPV6") is "1" or "true") && LibcListening.HasIPv6();

    /// <summary>Returns the addresses to bind: one for an address or for all interfaces, and all addresses of a host name or a network interface.</summary>
    /// <exception cref="CannotListenException">The text is not an address, a host name or a network interface.</exception>
    public static Task<IReadOnlyList<IPAddress>> ResolveAsync(string iface, string servicePath, CancellationToken cancellationToken)
    {
        if (iface.Length == 0)
            return Task.FromResult<IReadOnlyList<IPAddress>>([HasIPv6 ? IPAddress.IPv6Any : IPAddress.Any]);

        // The most frequent name is resolved from a file, so the call does not block. It needs neither the thread pool nor the assemblies for name resolution.
        if (iface == "localhost" && LibcAddresses.AddressesOf(iface) is { Count: > 0 } own)
            return Task.FromResult<IReadOnlyList<IPAddress>>(own);
        return AddressText.TryParseScoped(iface, out var address)
            ? Task.FromResult<IReadOnlyList<IPAddress>>([address])
            : LookUpAsync(iface, servicePath, cancellationToken);
    }

    private static async Task<IReadOnlyList<IPAddress>> LookUpAsync(string iface, string servicePath, CancellationToken cancellationToken)
    {
        Exception? cause;
        try
        {
            return [.. (await HostNameResolver.ResolveAsync(iface, cancellationToken)).Distinct()];
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
