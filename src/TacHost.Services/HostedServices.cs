using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using IContainerServices = Microsoft.Extensions.DependencyInjection.IServiceCollection;

namespace TacHost.Services;

/// <summary>A Generic Host as a service of the tree: hosted services with dependency injection, options, configuration and an <see cref="IHttpClientFactory"/>.</summary>
/// <remarks>
/// The host is built at each start. Its configuration is <c>appsettings.json</c> in the application's base directory, and the environment. It logs through the application.
/// If a background service fails, this service fails. <see cref="IHostApplicationLifetime.StopApplication"/> requests a stop of the tree.
/// </remarks>
public sealed class HostedServices : Service
{
    private readonly Action<IHostApplicationBuilder> _configure;
    private IHost? _host;

    /// <summary>Initializes a service whose container has the given services. The container is not built before the start.</summary>
    /// <param name="configure">Registers services, such as <c>services.AddHostedService&lt;Poller&gt;()</c>. Called in each start.</param>
    public HostedServices(Action<IContainerServices> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _configure = builder => configure(builder.Services);
    }

    /// <summary>Initializes a service whose callback also has the configuration. The container is not built before the start.</summary>
    /// <param name="configure">Registers services with <see cref="IHostApplicationBuilder.Configuration"/>. Called in each start.</param>
    public HostedServices(Action<IContainerServices, Microsoft.Extensions.Configuration.IConfiguration> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _configure = builder => configure(builder.Services, builder.Configuration);
    }

    /// <summary>Gets the container, while the service is starting or running.</summary>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    public IServiceProvider Services => _host?.Services ?? throw new InvalidOperationException($"The service '{ServicePath}' has no container, because it is not started.");

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = ResolvePath("."), ApplicationName = Application?.Name });
        // The grace period of the tree limits the stop.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        HostParts.Replace(builder.Services, Application);
        // The reference also makes Microsoft.Extensions.Http visible to tac files.
        builder.Services.AddHttpClient();
        _configure(builder);
        _host = builder.Build();
        return _host.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var host = _host;
        _host = null;
        if (host is not null)
            await HostLife.StopAsync(host, cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => HostLife.WatchAsync(_host!, Application, stoppingToken);
}
