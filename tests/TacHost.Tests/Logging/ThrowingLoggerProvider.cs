using Microsoft.Extensions.Logging;

namespace TacHost.Tests.Logging;

/// <summary>A provider that cannot be made.</summary>
public sealed class ThrowingLoggerProvider : ILoggerProvider
{
    public ThrowingLoggerProvider() => throw new InvalidOperationException("no server");

    public ILogger CreateLogger(string categoryName) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
