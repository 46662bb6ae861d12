using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using IContainerServices = Microsoft.Extensions.DependencyInjection.IServiceCollection;

namespace TacHost.Services;

/// <summary>The services of a Generic Host that are those of the application around it.</summary>
internal static class HostParts
{
    /// <summary>Replaces the loggers of a host by those of the application, and its lifetime by one without signal handlers.</summary>
    public static void Replace(IContainerServices services, Application? application)
    {
        services.Replace(ServiceDescriptor.Singleton(application?.LoggerFactory ?? NullLoggerFactory.Instance));
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime>(new TreeLifetime()));
    }

    /// <summary>The lifetime of a host that the tree starts and stops.</summary>
    private sealed class TreeLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
