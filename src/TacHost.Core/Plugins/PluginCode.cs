namespace TacHost.Plugins;

/// <summary>The code of a plugin in serializable form, so that the checked code is the code that runs.</summary>
/// <param name="Name">The name of the plugin.</param>
/// <param name="TypeName">The type name of its service maker.</param>
/// <param name="Path">The path of its file.</param>
/// <param name="Code">The assemblies: first those that the plugin is compiled against, last the plugin itself.</param>
/// <param name="Libraries">
/// The absolute paths of the assemblies that a script references. Their directories, and the directory of the plugin, are also searched.
/// </param>
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
