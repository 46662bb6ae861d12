namespace TacHost.Plugins;

/// <summary>A place where plugins are looked for.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Origin">Why it is one, for lists: an option, a variable, a rule.</param>
/// <param name="WhyNot">Why it is passed over, or null.</param>
/// <param name="IsNamed">Whether the user named it; if not, only what nobody else could have put there is used.</param>
internal sealed record PluginDirectory(string Path, string Origin, string? WhyNot, bool IsNamed);
