using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Proxies.PortForward;

/// <summary>The command line of <c>portforward</c>.</summary>
public sealed class PortForwardCommandLine : IPostOptions
{
    /// <summary>Gets or sets the endpoint to listen on.</summary>
    [Option("listen", 'l', "the endpoint to listen on, such as tls:443:certificate=/etc/cert.pem; overrides --port")]
    public ServerEndpoint? Listen { get; set; }

    /// <summary>Gets or sets the targets to forward connections to.</summary>
    [Option("target", 't', "an endpoint to forward to, such as unix:/run/app.sock; the first that can be reached is used; overrides --host and --dest-port")]
    public IReadOnlyList<ClientEndpoint> Targets { get; set; } = [];

    /// <summary>Gets or sets the TCP port to listen on.</summary>
    [Option("port", 'p', "the TCP port to listen on, at 127.0.0.1")]
    public Port Port { get; set; } = 6666;

    /// <summary>Gets or sets the host of the TCP target.</summary>
    [Option("host", 'h', "the host to forward to")]
    public string Host { get; set; } = "localhost";

    /// <summary>Gets or sets the port of the TCP target.</summary>
    [Option("dest-port", 'd', "the TCP port to forward to", Minimum = 1)]
    public Port DestPort { get; set; } = 6665;

    /// <summary>Gets or sets the value of <see cref="PortForwardOptions.ProxyHeader"/>.</summary>
    [Option("proxy-header", "send the address of the client to targets by the PROXY protocol")]
    public ProxyHeaderVersion ProxyHeader { get; set; }

    /// <summary>Gets or sets the value of <see cref="PortForwardOptions.ConnectTimeout"/>.</summary>
    [Option("connect-timeout", "the time to wait for a target before the next one is tried", Minimum = 0.001, Maximum = 86_400)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the value of <see cref="PortForwardOptions.RestTime"/>.</summary>
    [Option("rest-time", "the time for which an unreachable target is tried after the others", Maximum = 4_000_000)]
    public TimeSpan RestTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the value of <see cref="ConnectionLimits.IdleTimeout"/>.</summary>
    [Option("idle-timeout", "the time after which an idle connection is closed; never unless given", Minimum = 0.001, Maximum = 4_000_000)]
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Gets or sets the value of <see cref="ConnectionLimits.MaxConnections"/>.</summary>
    [Option("max-connections", "the maximum number of connections; unlimited unless given", Minimum = 1)]
    public int? MaxConnections { get; set; }

    /// <inheritdoc/>
    public void PostOptions()
    {
        try
        {
            _ = Make();
        }
        catch (ArgumentException e) when (e.ParamName == "host")
        {
            throw new UsageException($"--host: {e.Message.Replace(" (Parameter 'host')", "", StringComparison.Ordinal)}", e);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--proxy-header and --target cannot be combined. {e.Message.Replace($" (Parameter '{e.ParamName}')", "", StringComparison.Ordinal)}", e);
        }
    }

    /// <summary>Creates the service that the options describe.</summary>
    internal PortForwarder Make() => new(
        Listen ?? ServerEndpoint.Tcp(Port, "127.0.0.1"),
        Targets.Count > 0 ? Targets : [ClientEndpoint.Tcp(Host, DestPort)],
        new PortForwardOptions { ProxyHeader = ProxyHeader, ConnectTimeout = ConnectTimeout, RestTime = RestTime })
    {
        Limits = new ConnectionLimits { MaxConnections = MaxConnections, IdleTimeout = IdleTimeout },
    };
}
