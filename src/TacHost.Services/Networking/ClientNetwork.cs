using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking;

/// <summary>The key under which limits count a client.</summary>
public static class ClientNetwork
{
    private const int NetworkBytes = 8;

    /// <summary>Returns the IPv4 address of a client, or its IPv6 network of 64 bits.</summary>
    /// <remarks>One machine may use all addresses of such a network. An IPv4-mapped address counts as the IPv4 address.</remarks>
    /// <param name="address">The address of the client.</param>
    /// <returns>The address, or the network with zeros for the rest.</returns>
    public static IPAddress Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes, address.ScopeId);
    }
}
