using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using IContainerServices = Microsoft.Extensions.DependencyInjection.IServiceCollection;

namespace TacHost.Services;

/// <summary>Extension methods that put a Generic Host into a service tree, and a service tree into a Generic Host.</summary>
public static class HostingExtensions
{
    /// <summary>Adds a host, such as a <c>WebApplication</c>, as a service. It starts and stops with the collection and is disposed after its stop.</summary>
    /// <remarks>
    /// If a background service of the host fails, the added service fails. If the host stops by itself, it requests a stop of the application.
    /// The host keeps its own logging. Its signal handlers and the status messages of its console lifetime are removed, because tachost handles the signals.
    /// <c>WebApplicationService</c> in TacHost.Web and <see cref="HostedServices"/> log through the application and can restart.
    /// </remarks>
    /// <param name="parent">The collection.</param>
    /// <param name="host">The host, built and not started.</param>
    /// <param name="name">The name of the service. Defaults to null: the name of the type.</param>
    /// <returns>The host as a service of the tree.</returns>
    public static IService AddService(this IServiceCollection parent, IHost host, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(host);
        HostService service = new(host);
        if (name is not null)
            service.SetName(name);
        service.SetServiceParent(parent);
        return service;
    }

    /// <summary>Adds a service tree to a program with a Generic Host. The tree starts and stops with the host and logs through it.</summary>
    /// <remarks>
    /// A failed service and <see cref="Application.RequestStop"/> stop the host. The exit code of the process is 70 after a failure, otherwise <see cref="Application.ExitCode"/>.
    /// </remarks>
    /// <param name="services">The services of the host.</param>
    /// <param name="build">Adds services to the application. Called once, when the host starts. The application has the name of the host's application.</param>
    /// <returns>The same services.</returns>
    public static IContainerServices AddTacHost(this IContainerServices services, Action<Application> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        return services.AddTacHost((application, _) => build(application));
    }

    /// <summary>Adds a service tree that uses services of the host's container. Otherwise the same as the overload without a container.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="build">Adds services to the application. Called once, when the host starts, with the container of the host.</param>
    /// <returns>The same services.</returns>
    public static IContainerServices AddTacHost(this IContainerServices services, Action<Application, IServiceProvider> build)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(build);
        return services.AddSingleton<IHostedService>(provider => new HostedApplication(
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            () =>
            {
                Application application = new(provider.GetRequiredService<IHostEnvironment>().ApplicationName);
                build(application, provider);
                return application;
            }));
    }
}
