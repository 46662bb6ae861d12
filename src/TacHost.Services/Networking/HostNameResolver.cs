using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

/// <summary>Resolves host names by getaddrinfo(3), as nsswitch.conf(5) and /etc/hosts say, on a few threads of its own.</summary>
/// <remarks>
/// A resolver that does not answer holds up only the callers that wait for it: the threads of the pool stay free, and what waits too long fails.
/// All of the process shares the threads, four of which are kept for names that no client asked for.
/// </remarks>
public static class HostNameResolver
{
    private static readonly LookupQueue _queue = new(GetAddresses, new LookupLimits());

    /// <summary>Resolves a host name.</summary>
    /// <param name="host">The host name. An address stands for itself; <c>010.0.0.1</c>, <c>127.1</c> and the like are not addresses and do not resolve.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The addresses in the system's order.</returns>
    /// <exception cref="SocketException">The name does not resolve, or not within 15 seconds (<see cref="SocketError.TryAgain"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken = default) => ResolveAsync(host, null, cancellationToken);

    /// <summary>Resolves a host name that a client has asked for.</summary>
    /// <param name="host">The host name.</param>
    /// <param name="client">The client whose look-ups are counted together, such as its address; or null for a name from the configuration.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">The name does not resolve, or the client has too many look-ups under way.</exception>
    internal static Task<IPAddress[]> ResolveAsync(string host, object? client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (AddressText.TryParseScoped(host, out var address))
            return Task.FromResult<IPAddress[]>([address]);
        return host.Length == 0 || AddressText.IsAmbiguous(host)
            ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
            : _queue.ResolveAsync(host, client, cancellationToken);
    }

    private static IPAddress[] GetAddresses(string host)
    {
        try
        {
#pragma warning disable RS0030 // on a thread made for it
            return Dns.GetHostAddresses(host);
#pragma warning restore RS0030
        }
        catch (ArgumentException)
        {
            // Longer than any name.
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }
}
