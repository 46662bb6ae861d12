namespace TacHost.Services.Plugins;

/// <summary>Names a plugin. It is read from the assembly's metadata, so that a list of plugins loads none of them.</summary>
/// <param name="tapName">The word that stands for it on the command line: lower-case letters, digits and hyphens, beginning with a letter.</param>
/// <param name="description">One sentence for the list of plugins.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PluginAttribute(string tapName, string description) : Attribute
{
    /// <summary>The word that stands for it on the command line.</summary>
    public string TapName { get; } = tapName;

    /// <summary>One sentence for the list of plugins.</summary>
    public string Description { get; } = description;

    /// <summary>Its version. Defaults to that of its assembly.</summary>
    public string? Version { get; init; }
}
