using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Web.Serving;
using Endpoint = TacHost.Services.Networking.Endpoint;

namespace TacHost.Web;

/// <summary>A service that listens at an endpoint and answers HTTP requests there, by Kestrel: HTTP/1.1, and HTTP/2 over TLS.</summary>
/// <remarks>
/// Binds in the privileged part of its start, so that port 80 can be had before privileges are given up; answers once started.
/// A stop closes the port first, then waits for the requests that are being answered until the grace period is over, and aborts what is left.
/// What Kestrel logs goes to the service's logger. An exception that a handler throws is logged, and answered by status 500.
/// </remarks>
public class HttpServer : Service, IListeningService, IServiceNeeds
{
    private static readonly TimeSpan _timeAtStop = TimeSpan.FromSeconds(1);

    private readonly ServerEndpoint _endpoint;
    private readonly RequestDelegate? _handler;
    private readonly Dictionary<EndPoint, AcceptedConnections> _accepted = [];
    private ListenerGroup? _listeners;
    private KestrelServer? _server;

    /// <summary>Describes a server on a TCP port. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="EndPoints"/>.</param>
    /// <param name="handler">Answers a request. Called by several threads at once.</param>
    /// <param name="iface">An address, the name of a network interface, or a host name, which means every address it resolves to. Defaults to the empty string: every interface, IPv4 and IPv6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public HttpServer(int port, RequestDelegate handler, string iface = "")
        : this(ServerEndpoint.Tcp(port, iface), handler)
    {
    }

    /// <summary>Describes a server on a TCP port where TLS is spoken. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="EndPoints"/>.</param>
    /// <param name="handler">Answers a request. Called by several threads at once.</param>
    /// <param name="tls">The certificates. They are read in the privileged part of the start, and again when their files change.</param>
    /// <param name="iface">As for a server without TLS.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public HttpServer(int port, RequestDelegate handler, TlsOptions tls, string iface = "")
        : this(ServerEndpoint.Tls(port, tls, iface), handler)
    {
    }

    /// <summary>Describes a server by the text of its endpoint, such as <c>unix:/run/web.sock</c>. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="handler">Answers a request. Called by several threads at once.</param>
    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public HttpServer(string endpoint, RequestDelegate handler)
        : this(Endpoint.Parse(endpoint), handler)
    {
    }

    /// <summary>Describes a server. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="handler">Answers a request. Called by several threads at once.</param>
    public HttpServer(ServerEndpoint endpoint, RequestDelegate handler)
        : this(endpoint)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = handler;
    }

    /// <summary>Describes a server whose class overrides <see cref="MakeHandlerAsync"/>.</summary>
    /// <param name="endpoint">Where to listen.</param>
    protected HttpServer(ServerEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
    }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [new ServiceNeed(ServiceNeedKind.Listen, _endpoint.ToString())];

    /// <summary>The addresses it listens on, with the port that was picked for 0. Empty while it is not bound.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _listeners?.EndPoints ?? [];

    /// <summary>Gets how many connections there may be. Idle connections are limited by Kestrel's settings. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Changes Kestrel's settings, such as its limits, before each start. Where to listen is not among them. Defaults to null: Kestrel's defaults, without the <c>Server</c> header.</summary>
    public Action<KestrelServerOptions>? Configure { get; init; }

    /// <summary>What handlers find as <see cref="HttpContext.RequestServices"/>, with a scope for each request if it can make scopes. Defaults to null: nothing but loggers.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Makes what answers the requests. Called once in each start, after privileges were given up and before the first request.</summary>
    protected virtual Task<RequestDelegate> MakeHandlerAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_handler ?? throw new InvalidOperationException($"The service '{ServicePath}' has nothing that answers requests. Override {nameof(MakeHandlerAsync)}."));

    /// <inheritdoc/>
    protected sealed override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _listeners = new ListenerGroup(this, _endpoint, new Receiver(this), Limits);
        return _listeners.BindAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        var listeners = _listeners!;
        var handler = await MakeHandlerAsync(cancellationToken);
        ServiceLoggers loggers = new(Logger);
        LoggersOnly loggersOnly = new(loggers);
        KestrelServerOptions options = new()
        {
            ApplicationServices = listeners.TlsOptions is not null ? TlsServices.Make(loggers) : loggersOnly,
            AddServerHeader = false,
        };
        Configure?.Invoke(options);
        foreach (var endPoint in listeners.EndPoints)
        {
            _accepted[endPoint] = new AcceptedConnections(endPoint, loggers);
            options.Listen(endPoint, listen => Secure(listen, listeners));
        }

        _server = new KestrelServer(Options.Create(options), new AcceptedConnectionsFactory(_accepted), loggers);
        await _server.StartAsync(new RequestApplication(handler, Services ?? loggersOnly, Logger), cancellationToken);
        listeners.Start();
        WebLog.Starting(Logger, GetType().Name, string.Join(" and ", EndPoints));
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_listeners is { } listeners)
            await listeners.CloseAsync();
        if (_server is { } server)
        {
            _server = null;
            var stopping = server.StopAsync(cancellationToken);
            await EndSilentConnectionsAsync(stopping);
            await stopping;
            server.Dispose();
        }

        foreach (var accepted in _accepted.Values)
            await accepted.DisposeAsync();
        _accepted.Clear();
        if (_listeners is not null)
            await _listeners.DrainAsync(cancellationToken);
        _listeners = null;
    }

    /// <summary>Ends the connections on which no request is being answered, after the time for what is on its way already. Kestrel itself would wait for the rest of half a header.</summary>
    private async Task EndSilentConnectionsAsync(Task stopping)
    {
        while (true)
        {
            await stopping.WaitAsync(_timeAtStop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCompleted)
                return;
            foreach (var accepted in _accepted.Values)
                accepted.EndUnlessAnswering();
        }
    }

    private static void Secure(ListenOptions listen, ListenerGroup listeners)
    {
        if (listeners.TlsOptions is not { } choose)
            return;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = listeners.HandshakeTimeout,
            OnConnection = hello => choose(hello.SslStream, hello.ClientHelloInfo, hello.State, hello.CancellationToken),
        });
    }

    private sealed class Receiver(HttpServer server) : IConnectionHandler
    {
        public void Handle(AcceptedConnection connection) => server._accepted[connection.Listener].Add(connection);
    }
}
