using System.Net;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Builds a protocol that recites the poem of a proxy to each connection, as <see cref="PoetryFactory"/> does that of a <see cref="PoetryService"/>.</summary>
/// <remarks>Without a poem, the connection is aborted, so that the client, which may be another proxy, does not receive an empty poem.</remarks>
/// <param name="proxy">Has the poem; must be started before the listener that uses this factory.</param>
public sealed class PoetryProxyFactory(PoetryProxy proxy) : ServerFactory
{
    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new PoetryProxyProtocol(proxy);
}
