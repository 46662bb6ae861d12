using Microsoft.Extensions.Logging;

namespace TacHost.Web.Serving;

/// <summary>The services of a server that was given none: a container costs more to start than all of Kestrel.</summary>
internal sealed class LoggersOnly(ILoggerFactory loggers) : IServiceProvider
{
    public object? GetService(Type serviceType)
    {
        if (serviceType == typeof(ILoggerFactory))
            return loggers;
        return serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(ILogger<>)
            ? Activator.CreateInstance(typeof(Logger<>).MakeGenericType(serviceType.GenericTypeArguments), loggers)
            : null;
    }
}
