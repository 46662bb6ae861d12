using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Web.Serving;
using Endpoint = TacHost.Services.Networking.Endpoint;

namespace TacHost.Web;

/// <summary>A service that listens on an endpoint and answers HTTP requests with Kestrel: HTTP/1.1, and HTTP/2 over TLS.</summary>
/// <remarks>
/// Binds in the privileged part of its start, so that port 80 can be bound before privileges are dropped. Answers requests after the start.
/// A stop closes the port, then waits for running requests until the end of the grace period, and aborts the remaining ones.
/// Kestrel's log goes to the service's logger. An exception from a handler is logged, and answered with status 500.
/// </remarks>
public class HttpServer : Service, IListeningService, IServiceNeeds
{
    private readonly ServerEndpoint _endpoint;
    private readonly RequestDelegate? _handler;
    private KestrelListeners? _listeners;
    private KestrelServer? _server;

    /// <summary>Initializes a server on a TCP port. Sockets are not opened before the start.</summary>
    /// <param name="port">The port. 0 lets the system pick a free port; see <see cref="LocalAddresses"/>.</param>
    /// <param name="handler">The handler of the requests. Called concurrently on several threads.</param>
    /// <param name="iface">
    /// An address, the name of a network interface, or a host name, which stands for all addresses that it
    /// resolves to. Defaults to the empty string: every interface, IPv4 and IPv6.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public HttpServer(int port, RequestDelegate handler, string iface = "")
        : this(ServerEndpoint.Tcp(port, iface), handler)
    {
    }

    /// <summary>Initializes a server from the text of an endpoint, such as <c>unix:/run/web.sock</c>. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="handler">The handler of the requests. Called concurrently on several threads.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public HttpServer(string endpoint, RequestDelegate handler)
        : this(Endpoint.Parse(endpoint), handler)
    {
    }

    /// <summary>Initializes a server on an endpoint. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="handler">The handler of the requests. Called concurrently on several threads.</param>
    public HttpServer(ServerEndpoint endpoint, RequestDelegate handler)
        : this(endpoint)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = handler;
    }

    /// <summary>Initializes a server whose class overrides <see cref="MakeHandlerAsync"/>.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    protected HttpServer(ServerEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
    }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [.. _endpoint.NeedsOf(this), .. OwnNeeds];

    /// <summary>Gets the resources that the server needs beside its endpoint, for <see cref="IServiceNeeds"/>. Defaults to an empty list.</summary>
    protected virtual IReadOnlyList<ServiceNeed> OwnNeeds => [];

    /// <summary>Gets the bound addresses, with the actual port if the port is 0. Empty while the server is not bound.</summary>
    public IReadOnlyList<EndPoint> LocalAddresses => _listeners?.LocalAddresses ?? [];

    /// <summary>Gets whether the bound endpoint uses TLS.</summary>
    private protected bool IsTls => _listeners?.IsTls ?? false;

    /// <inheritdoc/>
    public override IReadOnlyList<string> WaitsFor => State == ServiceState.Stopping ? _listeners?.OpenConnections ?? [] : [];

    /// <summary>Gets the limits of connections. Kestrel's settings limit idle connections. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Gets a callback that changes Kestrel's settings, such as its limits, before each start. The endpoint cannot be changed.</summary>
    /// <remarks>Defaults to null: Kestrel's defaults, without the <c>Server</c> header.</remarks>
    public Action<KestrelServerOptions>? Configure { get; init; }

    /// <summary>
    /// Gets the provider for <see cref="HttpContext.RequestServices"/>. If it supports scopes, each
    /// request has its own scope. Defaults to null: only loggers are provided.
    /// </summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Creates the handler of the requests. Called once in each start, after privileges are dropped and before the first request.</summary>
    protected virtual Task<RequestDelegate> MakeHandlerAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_handler ?? throw new InvalidOperationException($"The service '{ServicePath}' has nothing that answers requests. Override {nameof(MakeHandlerAsync)}."));

    /// <summary>Reads files in the privileged part of the start, before the port is bound.</summary>
    private protected virtual void PrepareToBind()
    {
    }

    /// <inheritdoc/>
    protected sealed override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        PrepareToBind();
        _listeners = new KestrelListeners(this, _endpoint, Limits, Logger);
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
            ApplicationServices = listeners.IsTls ? TlsServices.Make(loggers) : loggersOnly,
            AddServerHeader = false,
        };
        Configure?.Invoke(options);
        listeners.Configure(options, loggers);
        _server = new KestrelServer(Options.Create(options), listeners.Factory, loggers);
        await _server.StartAsync(new RequestApplication(handler, Services ?? loggersOnly, Logger), cancellationToken);
        listeners.Start();
        WebLog.Starting(Logger, GetType().Name, string.Join(" and ", LocalAddresses));
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var (listeners, server) = (_listeners, _server);
        _server = null;
        if (listeners is not null)
            await listeners.StopAsync(abort => StopAsync(server, abort), cancellationToken);
        _listeners = null;
    }

    private static async Task StopAsync(KestrelServer? server, CancellationToken cancellationToken)
    {
        if (server is null)
            return;
        await server.StopAsync(cancellationToken);
        server.Dispose();
    }
}
