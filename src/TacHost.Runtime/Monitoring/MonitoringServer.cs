using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.CommandLine;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Monitoring;

/// <summary>The HTTP server of <c>--metrics</c>: a small tree of its own beside the application, so that no service counts it.</summary>
internal sealed class MonitoringServer : IDisposable
{
    private const int MostConnections = 64;

    /// <summary>The idle timeout of a client, and the time limit of the last responses during a stop.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10), _shortTimeout = TimeSpan.FromSeconds(1);

    private readonly Application _tree = new("metrics");
    private readonly MetricsReader _metrics;

    private MonitoringServer(ServerEndpoint endpoint, MonitoringPages pages, MetricsReader metrics, ILoggerFactory log)
    {
        _metrics = metrics;
        _tree.LoggerFactory = log;
        new StreamServer(endpoint, new MonitoringFactory(pages))
        {
            Limits = new ConnectionLimits { MaxConnections = MostConnections, IdleTimeout = _timeout },
        }.SetServiceParent(_tree);
    }

    public Application Tree => _tree;

    /// <summary>Reads the text of an endpoint; a number alone is a port of this machine that no other machine reaches.</summary>
    /// <exception cref="TacHostException">The text is not an endpoint.</exception>
    public static ServerEndpoint Parse(string text)
    {
        try
        {
            return Endpoint.Parse(text.All(char.IsAsciiDigit) ? $"tcp:{text}:interface=127.0.0.1" : text);
        }
        catch (FormatException e)
        {
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"--metrics: '{text}' is not a port or an endpoint such as tcp:9100:interface=127.0.0.1. {e.Message}"), e);
        }
    }

    /// <summary>Binds the endpoint before privileges are dropped, and loads all types that a response needs.</summary>
    /// <param name="endpoint">The text of the endpoint.</param>
    /// <param name="source">The source of the pages.</param>
    /// <param name="log">The log.</param>
    /// <param name="prepare">Called with the tree before it binds, or null.</param>
    /// <exception cref="TacHostException">The endpoint cannot be bound.</exception>
    public static MonitoringServer Bind(string endpoint, MonitoringSource source, ILoggerFactory log, Action<Application>? prepare = null)
    {
        MetricsReader metrics = new();
        MonitoringPages pages = new(source, metrics);
        MonitoringServer server = new(Parse(endpoint), pages, metrics, log);
        metrics.Ignore = server._tree;
        prepare?.Invoke(server._tree);
        try
        {
            BlockingWait.For(server._tree.PrivilegedStartAsync(CancellationToken.None));
        }
        catch (CannotListenException e)
        {
            server.Dispose();
            throw new TacHostException(ExitCode.Unavailable, $"--metrics {endpoint}: {e.Message}", e);
        }

        // In a chroot, nothing could be loaded later.
        pages.WarmUp();
        return server;
    }

    /// <summary>Begins to answer. Until then, clients wait.</summary>
    public void Start() => BlockingWait.For(_tree.StartAsync(CancellationToken.None));

    /// <summary>Closes the port and the connections.</summary>
    public void Dispose()
    {
        using CancellationTokenSource limit = new(_shortTimeout);
        BlockingWait.For(_tree.StopAsync(limit.Token));
        BlockingWait.For(_tree.DisposeAsync().AsTask());
        _metrics.Dispose();
    }

    private sealed class MonitoringFactory(MonitoringPages pages) : ServerFactory
    {
        protected override Protocol BuildProtocol(EndPoint peer) => new MonitoringProtocol(pages);
    }
}
