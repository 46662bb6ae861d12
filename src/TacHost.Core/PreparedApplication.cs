using System.Text;
using TacHost.Plugins;
using TacHost.Scripting;

namespace TacHost;

/// <summary>An application that the command has prepared for the host: verified code, or the reason of a failure.</summary>
internal abstract record PreparedApplication
{
    private enum Kind : byte
    {
        Tac,
        Plugin,
        Failure,
        Own,
        Checked,
    }

    private PreparedApplication()
    {
    }

    /// <summary>Returns them as bytes.</summary>
    public static byte[] ToBytes(IReadOnlyList<PreparedApplication> all)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(all.Count);
            foreach (var each in all)
                each.Write(writer);
        }

        return stream.ToArray();
    }

    /// <summary>Returns those that <see cref="ToBytes"/> made bytes of.</summary>
    public static IReadOnlyList<PreparedApplication> FromBytes(byte[] bytes)
    {
        using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
        return reader.ReadList(Read);
    }

    private static PreparedApplication Read(BinaryReader reader) => (Kind)reader.ReadByte() switch
    {
        Kind.Tac => Tac.ReadRest(reader),
        Kind.Plugin => new Plugin(PluginCode.Read(reader), reader.ReadString(), reader.ReadList(), reader.ReadList()),
        Kind.Own => new Own(),
        Kind.Checked => new Checked(Read(reader), reader.ReadList(Finding.Read)),
        _ => new Failure(reader.ReadInt32(), reader.ReadString()),
    };

    private protected abstract void Write(BinaryWriter writer);

    /// <summary>A compiled tac file.</summary>
    /// <param name="Code">The tac file.</param>
    /// <param name="Directories">The directories that are searched for assemblies.</param>
    /// <param name="Notices">The notices for the log.</param>
    /// <param name="Details">The lines for the log at the level Debug.</param>
    internal sealed record Tac(CompiledTac Code, IReadOnlyList<string> Directories, IReadOnlyList<string> Notices, IReadOnlyList<string> Details) : PreparedApplication
    {
        /// <summary>Gets the file in which a process keeps this deployment when it runs, or an empty text.</summary>
        public string KeptIn { get; init; } = "";

        /// <summary>Gets the tac file, the files that it loads and the libraries that it names.</summary>
        public IReadOnlyList<SourceStamp> Files { get; init; } = [];

        internal static Tac ReadRest(BinaryReader reader)
        {
            var code = CompiledTac.FromBytes(reader.ReadBytes(reader.ReadInt32())) ?? throw new InvalidDataException("The prepared tac file was damaged on its way to this process.");
            return new Tac(code, reader.ReadList(), reader.ReadList(), reader.ReadList()) { Files = reader.ReadList(SourceStamp.Read), KeptIn = reader.ReadString() };
        }

        private protected override void Write(BinaryWriter writer)
        {
            writer.Write((byte)Kind.Tac);
            var code = Code.ToBytes();
            writer.Write(code.Length);
            writer.Write(code);
            writer.WriteList(Directories);
            writer.WriteList(Notices);
            writer.WriteList(Details);
            writer.Write(Files.Count);
            foreach (var file in Files)
                file.Write(writer);
            writer.Write(KeptIn);
        }
    }

    /// <summary>A plugin, whose options only its own code can read.</summary>
    /// <param name="Code">The plugin.</param>
    /// <param name="Version">As far as there is one.</param>
    /// <param name="Directories">The directories that are searched for assemblies.</param>
    /// <param name="Notices">The notices for the log.</param>
    internal sealed record Plugin(PluginCode Code, string Version, IReadOnlyList<string> Directories, IReadOnlyList<string> Notices) : PreparedApplication
    {
        private protected override void Write(BinaryWriter writer)
        {
            writer.Write((byte)Kind.Plugin);
            Code.Write(writer);
            writer.Write(Version);
            writer.WriteList(Directories);
            writer.WriteList(Notices);
        }
    }

    /// <summary>A tac file among several that could not be prepared.</summary>
    /// <param name="ExitCode">One of <see cref="TacHost.ExitCode"/>.</param>
    /// <param name="Message">The text that is shown.</param>
    internal sealed record Failure(int ExitCode, string Message) : PreparedApplication
    {
        private protected override void Write(BinaryWriter writer)
        {
            writer.Write((byte)Kind.Failure);
            writer.Write(ExitCode);
            writer.Write(Message);
        }
    }

    /// <summary>A tac file for <c>tachost check</c>, and the mistakes that the command has found in its text.</summary>
    internal sealed record Checked(PreparedApplication Subject, IReadOnlyList<Finding> Findings) : PreparedApplication
    {
        private protected override void Write(BinaryWriter writer)
        {
            writer.Write((byte)Kind.Checked);
            Subject.Write(writer);
            writer.Write(Findings.Count);
            foreach (var finding in Findings)
                finding.Write(writer);
        }
    }

    /// <summary>An application of the host itself, which has no code of a user.</summary>
    internal sealed record Own : PreparedApplication
    {
        private protected override void Write(BinaryWriter writer) => writer.Write((byte)Kind.Own);
    }
}
