using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>The plugins in all directories. Plugins are not loaded, and a broken plugin does not affect others.</summary>
/// <remarks>If a name occurs several times, the first usable plugin is used, in the order of the directories and then of the file names.</remarks>
internal sealed class PluginCatalog
{
    private readonly PluginScan _scan;

    public PluginCatalog(HostOptions options, Func<string, IReadOnlyList<string>, CompiledScript> compile)
    {
        Directories = PluginPath.Of(options);
        SearchDirectories = PluginPath.SearchDirectories(options, Directories);
        _scan = new PluginScan(CacheDirectory.Open(), SearchDirectories, path => compile(path, SearchDirectories));
    }

    /// <summary>Gets the directories, in order.</summary>
    public IReadOnlyList<PluginDirectory> Directories { get; }

    public IReadOnlyList<string> SearchDirectories { get; }

    /// <summary>Gets the notices about secondary failures.</summary>
    public IReadOnlyList<string> Notices => _scan.Notices;

    /// <summary>Returns the usable plugin with a name, or null. Stops the search at the first match.</summary>
    public PluginEntry? Find(string name) =>
        Directories.Where(directory => directory.SkipReason is null).SelectMany(directory => Entries(directory)).FirstOrDefault(entry => entry.Name == name && entry.Error is null);

    /// <summary>Returns all plugins, sorted by name and then by priority.</summary>
    /// <param name="isFresh">True to ignore the indexes.</param>
    public IReadOnlyList<PluginEntry> All(bool isFresh = false)
    {
        Dictionary<string, string> usable = new(StringComparer.Ordinal);
        List<PluginEntry> all = [];
        foreach (var entry in Directories.Where(directory => directory.SkipReason is null).SelectMany(directory => Entries(directory, isFresh)))
        {
            if (entry.Error is not null)
                all.Add(entry);
            else if (usable.TryAdd(entry.Name, entry.Path))
                all.Add(entry);
            else
                all.Add(entry with { ShadowedBy = usable[entry.Name] });
        }

        return [.. all.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    /// <summary>Returns the files of a directory, including those without plugins.</summary>
    public IReadOnlyList<PluginFile> Files(PluginDirectory directory) => _scan.Look(directory.Path, isFresh: true, isNamed: directory.IsNamed);

    private IEnumerable<PluginEntry> Entries(PluginDirectory directory, bool isFresh = false)
    {
        foreach (var file in _scan.Look(directory.Path, isFresh, directory.IsNamed))
        {
            if (file.Plugins.Count == 0 && file.Error is not null)
                yield return new PluginEntry(Path.GetFileNameWithoutExtension(file.Name), null, directory, file, file.Error);
            foreach (var plugin in file.Plugins)
                yield return new PluginEntry(plugin.Name, plugin, directory, file, ExplainUnusable(plugin, file, directory));
        }
    }

    private static string? ExplainUnusable(DeclaredPlugin plugin, PluginFile file, PluginDirectory directory)
    {
        var reason = plugin.Error ?? (HostCommands.Find(plugin.Name) is not null ? $"its name is that of a command of the host, 'tachost {plugin.Name}'. Give it another" : null);
        return reason is null ? file.Error : $"'{Path.Combine(directory.Path, file.Name)}' cannot be used: {reason}";
    }
}
