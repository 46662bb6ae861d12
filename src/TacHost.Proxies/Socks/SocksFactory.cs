using System.Collections.Concurrent;
using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>A factory that creates a protocol for each client, and closes clients without a request when the server stops.</summary>
internal sealed class SocksFactory(SocksOptions options) : ServerFactory
{
    private readonly SocksConnector _connector = new(options);
    private readonly ConcurrentDictionary<SocksProtocol, bool> _waiting = new();
    private bool _isStopping;

    /// <summary>Adds a client that has not sent a request.</summary>
    public void Add(SocksProtocol client)
    {
        _waiting.TryAdd(client, true);
        if (Volatile.Read(ref _isStopping))
            client.EndUnlessBegun();
    }

    /// <summary>Removes a client that has sent a request or has disconnected.</summary>
    public void Remove(SocksProtocol client) => _waiting.TryRemove(client, out _);

    /// <inheritdoc/>
    protected internal override Protocol BuildProtocol(EndPoint peer) => new SocksProtocol(_connector, this);

    /// <summary>
    /// A service that is added after the listener, and therefore stops first. It closes clients without a request, so that they do not delay the stop.
    /// </summary>
    internal sealed class Farewell(SocksFactory factory) : Service
    {
        /// <inheritdoc/>
        protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
        {
            Volatile.Write(ref factory._isStopping, false);
            return Task.CompletedTask;
        }

        /// <inheritdoc/>
        protected override Task OnStopAsync(CancellationToken cancellationToken)
        {
            Volatile.Write(ref factory._isStopping, true);
            foreach (var client in factory._waiting.Keys)
                client.EndUnlessBegun();
            return Task.CompletedTask;
        }
    }
}
