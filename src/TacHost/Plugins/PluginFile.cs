namespace TacHost.Plugins;

/// <summary>The cached information about a file of a plugin directory.</summary>
/// <param name="Name">The path relative to the directory.</param>
/// <param name="Stamp">The stamp of the file when it was read.</param>
/// <param name="Inputs">The other files that a script loads and references.</param>
/// <param name="Plugins">The plugins in the file. A library has none.</param>
/// <param name="Error">The reason why the file is unusable, or null.</param>
internal sealed record PluginFile(string Name, FileStamp Stamp, IReadOnlyList<PluginInput> Inputs, IReadOnlyList<DeclaredPlugin> Plugins, string? Error)
{
    public bool IsScript => Name.EndsWith(PluginScan.ScriptExtension, StringComparison.Ordinal);

    /// <summary>Returns true if the file and its inputs have not changed.</summary>
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

/// <summary>An input file of a script. A class, because precompiled code exists only for lists of reference types.</summary>
internal sealed record PluginInput(string Path, FileStamp Stamp)
{
    public static PluginInput Read(BinaryReader reader) => new(reader.ReadString(), FileStamp.Read(reader));

    public void Write(BinaryWriter writer)
    {
        writer.Write(Path);
        Stamp.Write(writer);
    }
}
