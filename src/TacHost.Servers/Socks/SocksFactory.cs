using System.Collections.Concurrent;
using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Socks;

/// <summary>Builds a protocol for each client of a <see cref="SocksServer"/>, and closes those that have not asked for anything when the server stops.</summary>
internal sealed class SocksFactory(SocksOptions options) : ServerFactory
{
    private readonly SocksConnector _connector = new(options);
    private readonly ConcurrentDictionary<SocksProtocol, bool> _waiting = new();
    private bool _isStopping;

    /// <summary>Adds a client that has not asked for anything.</summary>
    public void Add(SocksProtocol client)
    {
        _waiting.TryAdd(client, true);
        if (Volatile.Read(ref _isStopping))
            client.EndUnlessBegun();
    }

    /// <summary>Removes a client that has asked for something, or has left.</summary>
    public void Remove(SocksProtocol client) => _waiting.TryRemove(client, out _);

    /// <inheritdoc/>
    protected internal override Protocol BuildProtocol(EndPoint peer) => new SocksProtocol(_connector, this);

    /// <summary>Comes behind the listener, so that its stop comes first: a client that says nothing must not hold up the stop.</summary>
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
