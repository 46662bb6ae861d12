using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace FastPoetry.Services.Plugins;

/// <summary><c>tachost poetryproxy --upstream tcp:localhost:10000</c>: what deployments/poetry-proxy.csx does, without a tac file.</summary>
[Plugin("poetryproxy", "Serves the poem of another server from a cached copy.")]
public sealed class PoetryProxyServiceMaker : ServiceMaker<PoetryProxyCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(PoetryProxyCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new PoetryClient(options.Upstream!) { LongestPoem = (int)options.MaxSize.Bytes, Timeout = options.Timeout };
        var proxyService = new PoetryProxy(client) { MaxAge = options.MaxAge };
        var topService = new MultiService();
        proxyService.SetServiceParent(topService);
        new TcpServer(options.Port, new PoetryProxyFactory(proxyService), options.Iface).SetServiceParent(topService);
        return topService;
    }
}
