namespace TacHost.Telnet.Compiler;

/// <summary>A line of a session.</summary>
/// <param name="Serial">The serial number in the session. An abandoned line and the next line have the same index, but different serial numbers.</param>
/// <param name="Index">The number of lines that this line builds on.</param>
/// <param name="Text">The line.</param>
internal sealed record SubmittedLine(int Serial, int Index, string Text)
{
    public string AssemblyName => $"prompt-line-{Serial}";

    public string ClassName => $"Submission#{Index}";

    public void Write(BinaryWriter writer, CompilerRequest request, int session)
    {
        writer.Write((byte)request);
        writer.Write(session);
        writer.Write(Serial);
        writer.Write(Index);
        writer.Write(Text);
    }
}
