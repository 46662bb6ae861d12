using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services;

/// <summary>The logger of a service, made again when the service or one above it has moved.</summary>
internal sealed class ServiceLogger(Service service)
{
    private CachedLogger? _cached;

    public ILogger Current
    {
        get
        {
            var (factory, category) = (Factory(service), Category(service, service.OwnName));
            if (_cached is { } cached && cached.Factory == factory && cached.Category == category)
                return cached.Logger;
            var logger = factory.CreateLogger(category);
            _cached = new CachedLogger(factory, category, logger);
            return logger;
        }
    }

    public static ILogger Make(Service service, string leaf) => Factory(service).CreateLogger(Category(service, leaf));

    private static ILoggerFactory Factory(Service service) => service.Application?.LoggerFactory ?? NullLoggerFactory.Instance;

    private static string Category(Service service, string leaf)
    {
        for (var ancestor = service.Parent as IService; ancestor is not null; ancestor = ancestor.Parent as IService)
        {
            if (ancestor.Name is not null)
                leaf = $"{ancestor.Name}/{leaf}";
        }

        return leaf;
    }

    /// <summary>A logger with its factory and category, in one object, so that threads see consistent values.</summary>
    private sealed record CachedLogger(ILoggerFactory Factory, string Category, ILogger Logger);
}
