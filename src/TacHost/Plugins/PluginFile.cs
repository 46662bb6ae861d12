namespace TacHost.Plugins;

/// <summary>What is known of one file of a plugin directory.</summary>
/// <param name="Name">Relative to the directory.</param>
/// <param name="Stamp">Of when it was read.</param>
/// <param name="Inputs">What else decided: the files that a script loads and refers to.</param>
/// <param name="Plugins">The plugins in it; none in a library.</param>
/// <param name="Error">Why it is of no use, or null.</param>
internal sealed record PluginFile(string Name, FileStamp Stamp, IReadOnlyList<PluginInput> Inputs, IReadOnlyList<DeclaredPlugin> Plugins, string? Error)
{
    public bool IsScript => Name.EndsWith(PluginScan.ScriptExtension, StringComparison.Ordinal);

    /// <summary>Whether nothing that it was made from has changed.</summary>
    public bool IsFresh(FileStamp stamp) => stamp == Stamp && Inputs.All(input => FileStamp.Of(input.Path) == input.Stamp);

    public static PluginFile Read(BinaryReader reader) => new(
        reader.ReadString(),
        FileStamp.Read(reader),
        reader.ReadList(PluginInput.Read),
        reader.ReadList(DeclaredPlugin.Read),
        reader.ReadString() is { Length: > 0 } error ? error : null);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        Stamp.Write(writer);
        writer.Write(Inputs.Count);
        foreach (var input in Inputs)
            input.Write(writer);

        writer.Write(Plugins.Count);
        foreach (var plugin in Plugins)
            plugin.Write(writer);
        writer.Write(Error ?? "");
    }
}

/// <summary>A file that has a part in a script. A class, because .NET has no machine code for lists of a structure of ours.</summary>
internal sealed record PluginInput(string Path, FileStamp Stamp)
{
    public static PluginInput Read(BinaryReader reader) => new(reader.ReadString(), FileStamp.Read(reader));

    public void Write(BinaryWriter writer)
    {
        writer.Write(Path);
        Stamp.Write(writer);
    }
}
