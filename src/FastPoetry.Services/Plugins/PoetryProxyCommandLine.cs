using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace FastPoetry.Services.Plugins;

/// <summary>The options of <c>tachost poetryproxy</c>.</summary>
public sealed class PoetryProxyCommandLine
{
    private const double LargestPoem = 1 << 30;

    /// <summary>Gets or sets the upstream poetry server.</summary>
    [Option("upstream", 'u', "the poetry server to ask, such as tcp:localhost:10000 or unix:/run/poetry.sock", Required = true)]
    public ClientEndpoint? Upstream { get; set; }

    /// <summary>Gets or sets the port to listen on.</summary>
    [Option("port", 'p', "the port to serve the poem on, or 0 for one that the system picks")]
    public Port Port { get; set; } = 10050;

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", "where to listen: an address, a host name or the name of a network interface; empty for all interfaces")]
    public Iface Iface { get; set; } = "localhost";

    /// <summary>Gets or sets the maximum age of the cached poem.</summary>
    [Option("max-age", 'a', "the maximum age of the copy while the server is reachable; 0s fetches the poem each time", Maximum = 4_000_000)]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets the maximum length of the poem.</summary>
    [Option("max-size", "the maximum size of a poem", Minimum = 1, Maximum = LargestPoem)]
    public ByteSize MaxSize { get; set; } = PoetryClient.DefaultLongestPoem;

    /// <summary>Gets or sets the timeout for a fetch from the upstream server.</summary>
    [Option("timeout", "the timeout for connecting and reading", Minimum = 0.001, Maximum = 86_400)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
