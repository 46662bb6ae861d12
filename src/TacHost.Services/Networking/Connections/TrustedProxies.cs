using System.Net;

namespace TacHost.Services.Networking.Connections;

/// <summary>The proxies that may say whose connections they pass on: by PROXY headers, or by the forwarding headers of HTTP.</summary>
/// <remarks>A peer on a UNIX socket is always trusted: the permissions of the socket decide who that is.</remarks>
internal sealed class TrustedProxies(IReadOnlyList<IPNetwork> networks)
{
    public static TrustedProxies Loopback { get; } = new([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]);

    public IReadOnlyList<IPNetwork> Networks => networks;

    /// <summary>Parses networks and addresses separated by commas.</summary>
    /// <returns>The proxies, or null if one of the texts is not a network or an address.</returns>
    public static TrustedProxies? Parse(string text)
    {
        List<IPNetwork> networks = [];
        foreach (var each in text.Split(','))
        {
            if (AddressText.TryParse(each, out var address))
                networks.Add(new IPNetwork(address, 8 * address.GetAddressBytes().Length));
            else if (AddressText.TryParseNetwork(each, out var network))
                networks.Add(network);
            else
                return null;
        }

        return new TrustedProxies(networks);
    }

    public bool Contains(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var address })
            return true;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(',', networks.Select(each => each.PrefixLength == 8 * each.BaseAddress.GetAddressBytes().Length ? each.BaseAddress.ToString() : each.ToString()));
}
