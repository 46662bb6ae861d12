namespace TacHost.Services.Plugins;

/// <summary>Names a plugin. The host reads the attribute from metadata, so that it can list plugins without loading their assemblies.</summary>
/// <param name="tapName">The name of the plugin on the command line: lower-case letters, digits and hyphens, beginning with a letter.</param>
/// <param name="description">One sentence for the list of plugins.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PluginAttribute(string tapName, string description) : Attribute
{
    /// <summary>Gets the name of the plugin on the command line.</summary>
    public string TapName { get; } = tapName;

    /// <summary>Gets one sentence for the list of plugins.</summary>
    public string Description { get; } = description;

    /// <summary>Gets the version. Defaults to the version of the assembly.</summary>
    public string? Version { get; init; }
}
