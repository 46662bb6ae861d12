namespace TacHost.Plugins;

/// <summary>A line of the list of plugins: what was found under a name, in one file.</summary>
/// <param name="Name">The plugin's name; for a file that no name can be read from, the file's.</param>
/// <param name="Plugin">What is declared, or null if that cannot be read.</param>
/// <param name="Directory">Where it was found.</param>
/// <param name="File">The file.</param>
/// <param name="Error">Why it cannot be run, or null.</param>
internal sealed record PluginEntry(string Name, DeclaredPlugin? Plugin, PluginDirectory Directory, PluginFile File, string? Error)
{
    public string Path => System.IO.Path.Combine(Directory.Path, File.Name);

    /// <summary>The file of the same name that goes before it, or null.</summary>
    public string? ShadowedBy { get; init; }

    /// <summary>Whether this is what runs under its name.</summary>
    public bool IsUsable => Error is null && ShadowedBy is null;

    public string State => Error is not null ? "broken" : ShadowedBy is not null ? "shadowed" : "ok";
}
