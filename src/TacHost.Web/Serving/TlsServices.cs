using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TacHost.Web.Serving;

/// <summary>The services that Kestrel registers, some of which its TLS requires. They are not public, so only a container can create them.</summary>
internal sealed class TlsServices : IWebHostBuilder
{
    private readonly ServiceCollection _services = new();

    private TlsServices(ILoggerFactory loggers)
    {
        _services.AddSingleton(loggers);
        _services.AddMetrics();
    }

    public static IServiceProvider Make(ILoggerFactory loggers)
    {
        TlsServices services = new(loggers);
        services.UseKestrelCore();
        return services._services.BuildServiceProvider();
    }

    IWebHostBuilder IWebHostBuilder.ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(_services);
        return this;
    }

    IWebHostBuilder IWebHostBuilder.ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
    {
        configureServices(new WebHostBuilderContext(), _services);
        return this;
    }

    IWebHostBuilder IWebHostBuilder.ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => this;

    string? IWebHostBuilder.GetSetting(string key) => null;

    IWebHostBuilder IWebHostBuilder.UseSetting(string key, string? value) => this;

#pragma warning disable ASPDEPR008 // named by an interface that is not
    IWebHost IWebHostBuilder.Build() => throw new NotSupportedException("Only its services are of interest.");
#pragma warning restore ASPDEPR008
}
