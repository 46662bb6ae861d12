namespace TacHost.Plugins;

/// <summary>A directory that is searched for plugins.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Origin">The origin of the directory for lists: an option, a variable, or a default.</param>
/// <param name="SkipReason">The reason why the directory is skipped, or null.</param>
/// <param name="IsNamed">True if the user has named the directory. Otherwise, only files that no other user could have written are used.</param>
internal sealed record PluginDirectory(string Path, string Origin, string? SkipReason, bool IsNamed);
