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
        if (ExplainProgram(name, catalog) is { } program)
            return new TacHostException(ExitCode.Usage, SingleLine.Escape($"there is no plugin '{name}': {program}"));
        var nearest = DidYouMean.To(name, [.. all.Where(entry => entry.IsUsable).Select(entry => entry.Name), .. HostCommands.Names, .. TacFiles()]);
        var passedOver = catalog.Directories.Where(directory => directory.SkipReason is not null && Directory.Exists(directory.Path)).Select(directory => $" '{directory.Path}' is ignored, because {directory.SkipReason}.");
        return new TacHostException(ExitCode.Usage, SingleLine.Escape($"unknown command, plugin or file '{name}'.{(nearest is null ? " See tachost --help." : $" Did you mean '{nearest}'?")}{string.Concat(passedOver)}"));
    }

    /// <summary>Returns the reason why a file-based program among the plugins is no plugin, or null if there is none of a name.</summary>
    public static string? ExplainProgram(string name, PluginCatalog catalog) =>
        catalog.Directories.Where(directory => directory.SkipReason is null).Select(directory => Path.Combine(directory.Path, $"{name}.cs")).FirstOrDefault(File.Exists) is { } path
            ? $"a plugin in a single file is a .csx file. Rename '{path}', or build a library of it."
            : null;

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
