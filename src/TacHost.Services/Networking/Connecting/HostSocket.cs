using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connecting;

/// <summary>A socket that is connected to a port of a host, whichever of its addresses answers.</summary>
internal static class HostSocket
{
    /// <exception cref="SocketException">The name does not resolve.</exception>
    /// <exception cref="AggregateException">None of the addresses can be reached.</exception>
    public static async Task<Socket> ConnectAsync(ClientEndpoint endpoint, string host, int port, IPAddress? bindAddress, CancellationToken cancellationToken)
    {
        var addresses = await HostNameResolver.ResolveAsync(host, cancellationToken);
        var usable = addresses.Where(each => bindAddress is null || each.AddressFamily == bindAddress.AddressFamily).Distinct().Select(each => new IPEndPoint(each, port)).ToList();
        if (usable.Count == 0)
        {
            throw ConnectFailure.Make(
                endpoint,
                SocketError.AddressFamilyNotSupported,
                $"'{host}' has no address of the same family as {bindAddress}, the address to connect from",
                "Correct 'bindAddress=', or leave it out",
                null);
        }

        return await AddressRace.ConnectAsync(usable, bindAddress, cancellationToken);
    }
}
