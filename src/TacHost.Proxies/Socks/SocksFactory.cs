using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>A factory that creates a protocol for each client of a <see cref="SocksServer"/>.</summary>
internal sealed class SocksFactory(SocksOptions options) : ServerFactory
{
    private readonly SocksConnector _connector = new(options);

    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new SocksProtocol(_connector);
}
