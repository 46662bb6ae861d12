using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

/// <summary>A resolver of host names by getaddrinfo(3), according to nsswitch.conf(5) and /etc/hosts, on a few dedicated threads.</summary>
/// <remarks>
/// A resolver that does not answer delays only its callers. It does not block threads of the thread pool, and a look-up that waits too long fails.
/// The whole process shares the threads. Four of them are reserved for names that were not requested by clients.
/// </remarks>
public static class HostNameResolver
{
    private static readonly LookupQueue _queue = new(GetAddresses, new LookupLimits());

    /// <summary>Resolves a host name.</summary>
    /// <param name="host">The host name. An address resolves to itself. Texts such as
    /// <c>010.0.0.1</c> and <c>127.1</c> are not addresses and do not resolve.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The addresses in the order of the system's resolver.</returns>
    /// <exception cref="SocketException">The name does not resolve, or did not resolve within 15 seconds (<see cref="SocketError.TryAgain"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken = default) => EnqueueAsync(host, null, cancellationToken);

    /// <summary>Resolves a host name that a client requested.</summary>
    /// <param name="host">The host name.</param>
    /// <param name="client">The client whose look-ups are counted together. For an <see cref="IPAddress"/>, <see cref="ClientNetwork"/> is counted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The addresses in the order of the system's resolver.</returns>
    /// <exception cref="SocketException">The name does not resolve, or the client has too many look-ups in progress.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<IPAddress[]> ResolveForAsync(string host, object client, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return EnqueueAsync(host, client, cancellationToken);
    }

    private static Task<IPAddress[]> EnqueueAsync(string host, object? client, CancellationToken cancellationToken)
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
#pragma warning disable RS0030 // on a dedicated thread
            return Dns.GetHostAddresses(host);
#pragma warning restore RS0030
        }
        catch (ArgumentException)
        {
            // The name is longer than any valid name.
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }
}
