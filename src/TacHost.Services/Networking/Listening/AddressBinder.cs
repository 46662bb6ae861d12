using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>Binds sockets to all addresses of an interface.</summary>
internal static class AddressBinder
{
    /// <summary>Binds a socket to each address, all with one port.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="port">The port, or 0 for the one that the system chooses for the first address.</param>
    /// <param name="bind">Binds a socket to an address, and returns the bound address. Owns the socket.</param>
    /// <param name="onMissing">Called for an address that this machine does not have, if it has another one. A host name may have an address of a family that is switched off.</param>
    /// <exception cref="CannotListenException">An address cannot be bound, or this machine has none of the addresses.</exception>
    public static async Task BindAllAsync(IReadOnlyList<IPAddress> addresses, int port, Func<IPEndPoint, Task<EndPoint>> bind, Action<IPAddress> onMissing)
    {
        CannotListenException? missing = null;
        var isBound = false;
        foreach (var address in addresses)
        {
            try
            {
                port = ((IPEndPoint)await bind(new IPEndPoint(address, port))).Port;
                isBound = true;
            }
            catch (CannotListenException e) when (e.IsAddressUnavailable && addresses.Count > 1)
            {
                onMissing(address);
                missing = e;
            }
        }

        if (!isBound)
            throw missing!;
    }
}
