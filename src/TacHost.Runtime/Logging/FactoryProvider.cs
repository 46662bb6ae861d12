using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>A provider that wraps a factory. Does not dispose the factory.</summary>
internal sealed class FactoryProvider(ILoggerFactory factory) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => factory.CreateLogger(categoryName);

    public void Dispose()
    {
    }
}
