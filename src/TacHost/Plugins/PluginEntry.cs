namespace TacHost.Plugins;

/// <summary>An entry in the list of plugins: a plugin, or a file that cannot be read.</summary>
/// <param name="Name">The name of the plugin, or the name of the file if the plugin's name cannot be read.</param>
/// <param name="Plugin">The declaration, or null if it cannot be read.</param>
/// <param name="Directory">The directory of the file.</param>
/// <param name="File">The file.</param>
/// <param name="Error">The reason why the plugin cannot be run, or null.</param>
internal sealed record PluginEntry(string Name, DeclaredPlugin? Plugin, PluginDirectory Directory, PluginFile File, string? Error)
{
    public string Path => System.IO.Path.Combine(Directory.Path, File.Name);

    /// <summary>Gets the file with a plugin of the same name and a higher priority, or null.</summary>
    public string? ShadowedBy { get; init; }

    /// <summary>Gets whether the plugin runs under its name.</summary>
    public bool IsUsable => Error is null && ShadowedBy is null;

    public string State => Error is not null ? "broken" : ShadowedBy is not null ? "shadowed" : "ok";
}
