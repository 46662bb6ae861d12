using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>A factory as one provider among others. The factory stays whose it is.</summary>
internal sealed class FactoryProvider(ILoggerFactory factory) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => factory.CreateLogger(categoryName);

    public void Dispose()
    {
    }
}
