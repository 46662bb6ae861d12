namespace TacHost.Telnet.Compiler;

/// <summary>The form of the messages between a telnet server and the compiler, which is the command <c>tachost</c> as a child process. They are binary, on its standard input and output.</summary>
/// <remarks>
/// A request is its kind, followed by the fields that <see cref="CompilerRequest"/> names. An answer is the number of its request, its <see cref="CompilerAnswerKind"/>, and the content.
/// Text and bytes have their length in front, as <see cref="BinaryWriter"/> writes them. The child ends at the end of its input.
/// </remarks>
internal static class CompilerWire
{
    /// <summary>The hidden first word of the child's command line.</summary>
    public const string Word = "--compile-lines";

    /// <summary>The name of the data of <see cref="AppContext"/> with which the host specifies the start of the command: a function that returns the command line.</summary>
    public const string CommandData = "TacHost.Command";

    /// <summary>Writes bytes with their length.</summary>
    public static void WriteBytes(this BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Reads bytes with their length.</summary>
    public static byte[] ReadBytes(this BinaryReader reader)
    {
        var bytes = new byte[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>A request to the compiler, with its fields.</summary>
internal enum CompilerRequest : byte
{
    /// <summary>The metadata of an assembly: module version ID, bytes.</summary>
    Reference,

    /// <summary>A new session: session, directory of .NET, number of references, their module version IDs.</summary>
    Open,

    Close,

    /// <summary>A line that later lines build on: session, serial number, index, text.</summary>
    Commit,

    /// <summary>A line to compile: session, serial number, index, text, number of the request.</summary>
    Compile,

    /// <summary>A line to complete: session, serial number, index, text, number of the request.</summary>
    Complete,
}

/// <summary>The content of an answer.</summary>
internal enum CompilerAnswerKind : byte
{
    Image,

    Errors,

    Names,

    Failure,
}

/// <summary>An answer of the compiler.</summary>
/// <param name="Image">The assembly, or empty.</param>
/// <param name="Text">The errors, or null.</param>
/// <param name="Names">The names, or empty.</param>
internal sealed record CompilerAnswer(byte[] Image, string? Text, string[] Names);
