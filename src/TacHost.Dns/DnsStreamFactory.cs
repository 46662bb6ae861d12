using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Dns;

/// <summary>A factory that creates a <see cref="DnsStream"/> for each connection.</summary>
internal sealed class DnsStreamFactory(DnsServer server) : ServerFactory
{
    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new DnsStream(server.Responder);
}
