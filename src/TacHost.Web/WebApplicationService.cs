using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Web.Serving;
using Endpoint = TacHost.Services.Networking.Endpoint;

namespace TacHost.Web;

/// <summary>An ASP.NET Core application as a service of the tree, with minimal APIs, dependency injection and configuration.</summary>
/// <remarks>
/// Binds in the privileged part of its start, and closes the port first at a stop. Logs through the application, and does not handle signals.
/// The <see cref="WebApplication"/> is built at each start. Its content root is the base directory of the application, where it reads <c>appsettings.json</c>.
/// If a background service of it fails, this service fails. <see cref="IHostApplicationLifetime.StopApplication"/> requests a stop of the tree.
/// </remarks>
public sealed class WebApplicationService : Service, IListeningService, IServiceNeeds
{
    private readonly ServerEndpoint _endpoint;
    private readonly Action<WebApplicationBuilder> _configure;
    private readonly Action<WebApplication> _use;
    private KestrelListeners? _listeners;
    private WebApplication? _application;

    /// <summary>Initializes a service from the text of its endpoint. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on, such as <c>tcp:8080:interface=localhost</c>; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="configure">Registers services and changes settings. Called in each start.</param>
    /// <param name="use">Adds routes and middleware. Called in each start.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public WebApplicationService(string endpoint, Action<WebApplicationBuilder> configure, Action<WebApplication> use)
        : this(Endpoint.Parse(endpoint), configure, use)
    {
    }

    /// <summary>Initializes a service from the text of its endpoint, with the default services. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on, such as <c>tcp:8080:interface=localhost</c>; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="use">Adds routes and middleware. Called in each start.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public WebApplicationService(string endpoint, Action<WebApplication> use)
        : this(endpoint, _ => { }, use)
    {
    }

    /// <summary>Initializes a service on an endpoint. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="configure">Registers services and changes settings. Called in each start.</param>
    /// <param name="use">Adds routes and middleware. Called in each start.</param>
    public WebApplicationService(ServerEndpoint endpoint, Action<WebApplicationBuilder> configure, Action<WebApplication> use)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(use);
        (_endpoint, _configure, _use) = (endpoint, configure, use);
    }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => _endpoint.NeedsOf(this);

    /// <summary>Gets the bound addresses, with the actual port if the port is 0. Empty while the service is not bound.</summary>
    public IReadOnlyList<EndPoint> LocalAddresses => _listeners?.LocalAddresses ?? [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> WaitsFor => State == ServiceState.Stopping ? _listeners?.OpenConnections ?? [] : [];

    /// <summary>Gets the limits of connections. Kestrel's settings limit idle connections. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _listeners = new KestrelListeners(this, _endpoint, Limits, Logger);
        return _listeners.BindAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        var listeners = _listeners!;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ResolvePath(".") });
        // The grace period of the tree limits the stop.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        HostParts.Replace(builder.Services, Application);
        _configure(builder);
        builder.Services.AddSingleton<IStartupFilter>(new RequestCount());
        builder.Services.AddSingleton<IConnectionListenerFactory>(listeners.Factory);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<ILoggerFactory>((options, loggers) =>
        {
            options.AddServerHeader = false;
            listeners.Configure(options, loggers);
        });
        _application = builder.Build();
        _use(_application);
        await _application.StartAsync(cancellationToken);
        listeners.Start();
        WebLog.Starting(Logger, nameof(WebApplicationService), string.Join(" and ", LocalAddresses));
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var (listeners, application) = (_listeners, _application);
        _application = null;
        if (listeners is not null)
            await listeners.StopAsync(abort => application is null ? Task.CompletedTask : HostLife.StopAsync(application, abort), cancellationToken);
        _listeners = null;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => HostLife.WatchAsync(_application!, Application, stoppingToken);
}
