namespace TacHost.Plugins;

/// <summary>A plugin as declared in metadata.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Description">The description, one sentence.</param>
/// <param name="Version">The version, or an empty string.</param>
/// <param name="TypeName">The full name of the service maker.</param>
/// <param name="Options">The options in the metadata. Options of a base class in another assembly are missing.</param>
/// <param name="Error">The error in the declaration, or null.</param>
internal sealed record DeclaredPlugin(string Name, string Description, string Version, string TypeName, IReadOnlyList<DeclaredOption> Options, string? Error)
{
    public static DeclaredPlugin Read(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadList(DeclaredOption.Read), reader.ReadString() is { Length: > 0 } error ? error : null);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(Description);
        writer.Write(Version);
        writer.Write(TypeName);
        writer.Write(Options.Count);
        foreach (var option in Options)
            option.Write(writer);
        writer.Write(Error ?? "");
    }
}
