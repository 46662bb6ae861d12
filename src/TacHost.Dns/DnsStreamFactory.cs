using System.Collections.Concurrent;
using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Dns;

/// <summary>A factory that creates a <see cref="DnsStream"/> for each connection, and closes idle connections when the server stops.</summary>
internal sealed class DnsStreamFactory(DnsResponder responder) : ServerFactory
{
    private readonly ConcurrentDictionary<DnsStream, bool> _streams = new();

    public DnsResponder Responder => responder;

    public void Add(DnsStream stream) => _streams.TryAdd(stream, true);

    public void Remove(DnsStream stream) => _streams.TryRemove(stream, out _);

    /// <inheritdoc/>
    protected internal override Protocol BuildProtocol(EndPoint peer) => new DnsStream(this);

    /// <summary>
    /// A service that is added after the listener, and therefore stops first. Clients may
    /// keep connections open indefinitely, and the stop would wait for them.
    /// </summary>
    internal sealed class Farewell(DnsStreamFactory factory) : Service
    {
        /// <inheritdoc/>
        protected override Task OnStopAsync(CancellationToken cancellationToken)
        {
            foreach (var stream in factory._streams.Keys)
                stream.Finish();
            return Task.CompletedTask;
        }
    }
}
