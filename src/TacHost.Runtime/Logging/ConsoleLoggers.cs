using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Recognizes the console logger of Microsoft.Extensions.Logging. The host captures its output, so that each of its lines would be in the log twice.</summary>
internal static class ConsoleLoggers
{
    private const string ProviderName = "Microsoft.Extensions.Logging.Console.ConsoleLoggerProvider";

    /// <summary>Returns whether a type is the provider, which a tac file may load from a package of its own.</summary>
    public static bool IsProvider(Type type) => type.FullName == ProviderName || (type.BaseType is { } @base && IsProvider(@base));

    /// <summary>Returns whether a logger of <see cref="LoggerFactory"/> prints to the console. A factory does not publish its providers, so this reads an internal property.</summary>
    public static bool IsIn(ILogger logger) =>
        logger.GetType().GetProperty("Loggers")?.GetValue(logger) is Array all
        && all.Cast<object>().Any(each => each.GetType().GetProperty("ProviderType")?.GetValue(each) is Type provider && IsProvider(provider));
}
