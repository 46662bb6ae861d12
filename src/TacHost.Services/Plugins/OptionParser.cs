using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Services.Plugins;

/// <summary>Parses the options of a plugin without a host, for example in a test.</summary>
public static class OptionParser
{
    /// <summary>Parses a command line into an options class.</summary>
    /// <param name="words">The words after the name of the plugin.</param>
    /// <exception cref="UsageException">The command line is invalid, or requests the help or the version.</exception>
    /// <exception cref="InvalidOperationException">The options class has an invalid declaration. The message contains the property.</exception>
    public static TOptions Parse<TOptions>(params IReadOnlyList<string> words)
        where TOptions : class, new() =>
        (TOptions?)OptionTable.Of(typeof(TOptions)).Read(words, "", null).Options ?? throw new UsageException("the help or the version is asked for.");
}
