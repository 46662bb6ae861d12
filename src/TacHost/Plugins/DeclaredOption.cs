namespace TacHost.Plugins;

/// <summary>An option as declared in metadata, for completion.</summary>
/// <param name="Name">The long name without dashes, or the name of a sub-command.</param>
/// <param name="Letter">The short name, or <c>'\0'</c>.</param>
/// <param name="Description">The description.</param>
/// <param name="Kind">The type of the values, such as <c>Port</c>, or <c>flag</c> or <c>command</c> for a flag or a sub-command.</param>
/// <param name="Choices">The permitted values, or an empty list if any value is permitted.</param>
internal sealed record DeclaredOption(string Name, char Letter, string Description, string Kind, IReadOnlyList<string> Choices)
{
    public const string Flag = "flag", SubCommand = "command";

    public static DeclaredOption Read(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadChar(), reader.ReadString(), reader.ReadString(), reader.ReadList());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(Letter);
        writer.Write(Description);
        writer.Write(Kind);
        writer.WriteList(Choices);
    }
}
