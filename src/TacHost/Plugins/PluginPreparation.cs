using TacHost.Loading;

namespace TacHost.Plugins;

/// <summary>Reads or compiles the code of a plugin, for the host to load.</summary>
internal static class PluginPreparation
{
    /// <exception cref="TacHostException">The plugin does not compile.</exception>
    public static PreparedApplication.Plugin Of(PluginEntry entry, PluginCatalog catalog, Func<string, IReadOnlyList<string>, CompiledScript> compile)
    {
        var script = entry.File.IsScript ? compile(entry.Path, catalog.SearchDirectories) : null;
        var code = script is null
            ? new PluginCode(entry.Name, entry.Plugin!.TypeName, entry.Path, [new CodeImage(Read(entry.Path, entry), SymbolsOf(entry))], [])
            : new PluginCode(entry.Name, entry.Plugin!.TypeName, entry.Path, script.Code, script.Libraries);
        return new PreparedApplication.Plugin(code, entry.Plugin!.Version, catalog.SearchDirectories, [.. catalog.Notices, .. script?.Notices ?? []]);
    }

    private static byte[] SymbolsOf(PluginEntry entry) => Path.ChangeExtension(entry.Path, ".pdb") is var symbols && File.Exists(symbols) ? Read(symbols, entry) : [];

    private static byte[] Read(string path, PluginEntry entry) => CodeFile.ReadAllBytes(path, entry.Directory.IsNamed);
}
