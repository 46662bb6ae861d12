using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>The errors for a name on the command line that does not lead to a usable plugin.</summary>
internal static class PluginErrors
{
    /// <summary>Returns the error for a broken or missing plugin. Suggests a similar plugin, command or tac file.</summary>
    public static TacHostException NotFound(string name, PluginCatalog catalog)
    {
        var all = catalog.All();
        if (all.FirstOrDefault(entry => entry.Name == name || (entry.Plugin is null && entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) is { Error: { } error })
            return new TacHostException(ExitCode.BadTac, $"the plugin '{name}' is broken: {error.TrimEnd('.')}.\n  See tachost plugins --why {name}.");
        var nearest = DidYouMean.To(name, [.. all.Where(entry => entry.IsUsable).Select(entry => entry.Name), .. HostCommands.Names, .. TacFiles()]);
        var passedOver = catalog.Directories.Where(directory => directory.WhyNot is not null && Directory.Exists(directory.Path)).Select(directory => $" '{directory.Path}' is passed over, because {directory.WhyNot}.");
        return new TacHostException(ExitCode.Usage, OneLine.Of($"there is no plugin '{name}', and no tac file of that name.{(nearest is null ? " See tachost plugins." : $" Did you mean '{nearest}'?")}{string.Concat(passedOver)}"));
    }

    private static List<string> TacFiles()
    {
        try
        {
            return Directory.EnumerateFiles(Environment.CurrentDirectory, "*.csx").Select(path => Path.GetFileName(path)).ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
