using System.Net;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Builds a protocol that recites the poem to each connection.</summary>
/// <param name="poetry">Holds the poem; must be started before the listener that uses this factory.</param>
public sealed class PoetryFactory(PoetryService poetry) : ServerFactory
{
    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new PoetryProtocol(poetry);
}
