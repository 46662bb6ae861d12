namespace TacHost.Plugins;

/// <summary>A plugin as its metadata declares it.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Version">As far as there is one.</param>
/// <param name="TypeName">The full name of its service maker.</param>
/// <param name="Options">Its options, as far as metadata tells: all but what a base class in another assembly adds.</param>
/// <param name="Error">What is wrong with the declaration, or null.</param>
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
