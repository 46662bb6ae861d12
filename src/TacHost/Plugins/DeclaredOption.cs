namespace TacHost.Plugins;

/// <summary>An option as metadata declares it, which is what completion needs.</summary>
/// <param name="Name">The long name, without dashes; for a sub-command its word.</param>
/// <param name="Letter">The short name, or <c>'\0'</c>.</param>
/// <param name="Description">What it does.</param>
/// <param name="Kind">The type of its values, such as <c>Port</c>; <c>flag</c> for a flag, <c>command</c> for a sub-command.</param>
/// <param name="Choices">The only words it takes; empty if there are others.</param>
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
