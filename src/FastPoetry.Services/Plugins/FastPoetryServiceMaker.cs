using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace FastPoetry.Services.Plugins;

/// <summary><c>tachost fastpoetry --port 10000 --poem poetry/ecstasy.txt</c>: what deployments/ecstasy.csx does, without a tac file.</summary>
[Plugin("fastpoetry", "Serves a poem, or several, each on a port of its own.")]
public sealed class FastPoetryServiceMaker : ServiceMaker<FastPoetryCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(FastPoetryCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var topService = new MultiService();
        foreach (var (port, poem) in options.All)
        {
            var poetryService = new PoetryService(poem);
            poetryService.SetServiceParent(topService);
            new TcpServer(port, new PoetryFactory(poetryService), options.Iface).SetServiceParent(topService);
        }

        return topService;
    }
}
