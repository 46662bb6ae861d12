using System.Net;
using System.Net.Sockets;
using TacHost.Proxies.Relaying;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>Resolves the destinations of clients and connects to the checked addresses only. A DNS change between check and connect has no effect.</summary>
internal sealed class SocksConnector(SocksOptions options)
{
    /// <summary>The connect timeout of an address if further addresses can be tried.</summary>
    private static readonly TimeSpan _oneOfSeveral = TimeSpan.FromSeconds(5);

    /// <summary>The key of clients on UNIX sockets, whose lookups are counted together.</summary>
    private readonly object _localClient = new();
    private readonly DestinationRules _rules = new(options);

    public SocksOptions Options => options;

    /// <summary>Gets the rate limit of log lines about refused clients.</summary>
    public LogLimit RefusalLines { get; } = new();

    /// <summary>Gets the rate limit of log lines about failed logins. The limit is high, because programs such as fail2ban count these lines.</summary>
    public LogLimit PasswordLines { get; } = new(100);

    /// <summary>Returns true if a client may connect to an address.</summary>
    public bool IsAllowed(IPAddress address, int port, IPAddress? client) => _rules.IsAllowed(address, port, null, client);

    /// <summary>Returns the permitted addresses of a destination, at least one.</summary>
    /// <exception cref="SocksRefusedException">No address is permitted, or the name cannot be resolved.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(SocksAddress destination, IPAddress? client, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = destination.Address is { } known ? [known] : await LookUpAsync(destination.Name!, destination.Port, client, cancellationToken);
        IReadOnlyList<IPAddress> allowed = [.. addresses.Select(each => each.IsIPv4MappedToIPv6 ? each.MapToIPv4() : each).Distinct().Where(each => _rules.IsAllowed(each, destination.Port, destination.Name, client))];
        return allowed.Count > 0 ? allowed : throw new SocksRefusedException(SocksReply.NotAllowed, "the rules do not allow it");
    }

    /// <summary>Connects to a destination.</summary>
    /// <exception cref="SocksRefusedException">The destination is not permitted, or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The client has disconnected.</exception>
    public async Task<OutgoingProtocol> ConnectAsync(SocksAddress destination, IPAddress? client, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(options.ConnectTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var addresses = await ResolveAsync(destination, client, either.Token);
            for (var i = 0; ; i++)
            {
                var isLast = i == addresses.Count - 1;
                try
                {
                    return await ConnectAsync(addresses[i], destination.Port, isLast ? Timeout.InfiniteTimeSpan : _oneOfSeveral, either.Token);
                }
                catch (Exception e) when (!isLast && !either.IsCancellationRequested && e is CannotConnectException or OperationCanceledException)
                {
                    // Try the next address.
                }
            }
        }
        catch (CannotConnectException e)
        {
            throw new SocksRefusedException(SocksReplies.Of(e.Error), e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocksRefusedException(SocksReply.TimedOut, "it did not answer in time");
        }
    }

    private static async Task<OutgoingProtocol> ConnectAsync(IPAddress address, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        var endpoint = ClientEndpoint.Tcp(address.ToString(), port);
        return await endpoint.ConnectProtocolAsync(new OutgoingProtocol(), logger: null, limit.Token);
    }

    private async Task<IPAddress[]> LookUpAsync(string name, int port, IPAddress? client, CancellationToken cancellationToken)
    {
        if (!_rules.MayBeAllowed(name, port))
            throw new SocksRefusedException(SocksReply.NotAllowed, "the rules do not allow it");
        try
        {
            return await HostNameResolver.ResolveForAsync(name, client ?? _localClient, cancellationToken);
        }
        catch (Exception e) when (e is SocketException)
        {
            throw new SocksRefusedException(SocksReply.HostUnreachable, $"the name cannot be resolved: {e.Message}");
        }
    }
}
