namespace TacHost.Plugins;

/// <summary>The code of one plugin, in a form that can be handed on: exactly what was checked is what runs.</summary>
/// <param name="Name">The plugin.</param>
/// <param name="TypeName">Its service maker.</param>
/// <param name="Path">Where it comes from.</param>
/// <param name="Code">Its assemblies: that of the plugin last, after what it is compiled against.</param>
/// <param name="Libraries">Absolute paths of the assemblies that a script refers to; their directories and that of an assembly are searched for more.</param>
internal sealed record PluginCode(string Name, string TypeName, string Path, IReadOnlyList<CodeImage> Code, IReadOnlyList<string> Libraries)
{
    public static PluginCode Read(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadList(CodeImage.Read), reader.ReadList());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(TypeName);
        writer.Write(Path);
        writer.Write(Code.Count);
        foreach (var each in Code)
            each.Write(writer);
        writer.WriteList(Libraries);
    }
}
