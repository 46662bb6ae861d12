namespace TacHost.Plugins;

/// <summary>What is known of one file of a plugin directory.</summary>
/// <param name="Name">Relative to the directory.</param>
/// <param name="Stamp">Of when it was read.</param>
/// <param name="Inputs">What else decided: the files that a script loads and refers to.</param>
/// <param name="Plugins">The plugins in it; none in a library.</param>
/// <param name="Error">Why it is of no use, or null.</param>
internal sealed record PluginFile(string Name, FileStamp Stamp, IReadOnlyList<(string Path, FileStamp Stamp)> Inputs, IReadOnlyList<DeclaredPlugin> Plugins, string? Error)
{
    public bool IsScript => Name.EndsWith(PluginScan.ScriptExtension, StringComparison.Ordinal);

    /// <summary>Whether nothing that it was made from has changed.</summary>
    public bool IsFresh(FileStamp stamp) => stamp == Stamp && Inputs.All(input => FileStamp.Of(input.Path) == input.Stamp);

    public static PluginFile Read(BinaryReader reader) => new(
        reader.ReadString(),
        FileStamp.Read(reader),
        [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => (reader.ReadString(), FileStamp.Read(reader)))],
        [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => DeclaredPlugin.Read(reader))],
        reader.ReadString() is { Length: > 0 } error ? error : null);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        Stamp.Write(writer);
        writer.Write(Inputs.Count);
        foreach (var (path, stamp) in Inputs)
        {
            writer.Write(path);
            stamp.Write(writer);
        }

        writer.Write(Plugins.Count);
        foreach (var plugin in Plugins)
            plugin.Write(writer);
        writer.Write(Error ?? "");
    }
}
