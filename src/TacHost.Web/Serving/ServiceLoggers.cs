using Microsoft.Extensions.Logging;

namespace TacHost.Web.Serving;

/// <summary>Lets everything that serves for a service log as that service.</summary>
internal sealed class ServiceLoggers(ILogger logger) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => logger;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The loggers of a service are the host's to configure.");

    public void Dispose()
    {
    }
}
