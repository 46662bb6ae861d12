using System.Reflection;
using System.Text;

namespace TacHost;

/// <summary>A variable that outlives a call: a field of the script, of a closure, or a static field.</summary>
/// <param name="Module">The module version id of the assembly that has the field.</param>
/// <param name="Token">The metadata token of the field.</param>
internal readonly record struct CodeVariable(Guid Module, int Token);

/// <summary>The fingerprint of a method or type of a tac file, including everything that it refers to.</summary>
/// <param name="Print">The hash, which is equal for two methods or types with the same behavior.</param>
/// <param name="Reads">The variables that are read.</param>
/// <param name="Writes">The variables that are written, or passed by reference to code that may write them.</param>
/// <param name="Libraries">The simple names of the referenced assemblies, except those of the framework.</param>
internal sealed record CodePrint(UInt128 Print, IReadOnlyList<CodeVariable> Reads, IReadOnlyList<CodeVariable> Writes, IReadOnlyList<string> Libraries);

/// <summary>
/// The fingerprints of the types and methods defined by a tac file. Created in the process with the compiler, and compared in the process of the application.
/// </summary>
internal sealed class CodePrints
{
    private readonly Dictionary<CodeVariable, CodePrint> _prints = [];

    /// <summary>Gets the number of types and methods.</summary>
    public int Count => _prints.Count;

    /// <summary>Returns the print of a type or method, or null if the tac does not define it.</summary>
    /// <param name="member">A <see cref="Type"/> or <see cref="MethodBase"/>. For a generic member, the fingerprint of its definition is returned.</param>
    public CodePrint? Of(MemberInfo member) =>
        member is Type { HasElementType: true } or Type { IsGenericParameter: true } or MethodBase { Module.Assembly.IsDynamic: true }
            ? null
            : _prints.GetValueOrDefault(new CodeVariable(member.Module.ModuleVersionId, member.MetadataToken));

    public void Add(Guid module, int token, CodePrint print) => _prints.Add(new CodeVariable(module, token), print);

    /// <summary>Adds all fingerprints of another compilation. Existing ones are replaced.</summary>
    public void AddAll(CodePrints others)
    {
        foreach (var (member, print) in others._prints)
            _prints[member] = print;
    }

    /// <summary>Serializes the fingerprints for another process.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true))
            Write(writer);
        return stream.ToArray();
    }

    /// <summary>Deserializes the fingerprints from the result of <see cref="ToBytes"/>.</summary>
    public static CodePrints FromBytes(byte[] bytes)
    {
        using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
        return Read(reader);
    }

    private void Write(BinaryWriter writer)
    {
        var modules = _prints.Keys.Concat(_prints.Values.SelectMany(print => print.Reads.Concat(print.Writes))).Select(each => each.Module).Distinct().ToList();
        var libraries = _prints.Values.SelectMany(print => print.Libraries).Distinct().ToList();
        writer.WriteList(libraries);
        writer.Write7BitEncodedInt(modules.Count);
        foreach (var module in modules)
            writer.Write(module.ToByteArray());
        writer.Write7BitEncodedInt(_prints.Count);
        foreach (var (member, print) in _prints)
        {
            WriteMember(member);
            writer.Write((ulong)(print.Print >> 64));
            writer.Write((ulong)print.Print);
            WriteAll(print.Reads);
            WriteAll(print.Writes);
            writer.Write7BitEncodedInt(print.Libraries.Count);
            foreach (var library in print.Libraries)
                writer.Write7BitEncodedInt(libraries.IndexOf(library));
        }

        void WriteAll(IReadOnlyList<CodeVariable> variables)
        {
            writer.Write7BitEncodedInt(variables.Count);
            foreach (var variable in variables)
                WriteMember(variable);
        }

        void WriteMember(CodeVariable member)
        {
            writer.Write7BitEncodedInt(modules.IndexOf(member.Module));
            writer.Write(member.Token);
        }
    }

    private static CodePrints Read(BinaryReader reader)
    {
        var libraries = reader.ReadList();
        var modules = Read(() => new Guid(reader.ReadBytes(16)));
        CodePrints prints = new();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var member = ReadMember();
            prints._prints.Add(member, new CodePrint(new UInt128(reader.ReadUInt64(), reader.ReadUInt64()), Read(ReadMember), Read(ReadMember), Read(() => libraries[reader.Read7BitEncodedInt()])));
        }

        return prints;

        CodeVariable ReadMember() => new(modules[reader.Read7BitEncodedInt()], reader.ReadInt32());

        T[] Read<T>(Func<T> readOne)
        {
            var list = new T[reader.Read7BitEncodedInt()];
            for (var i = 0; i < list.Length; i++)
                list[i] = readOne();
            return list;
        }
    }
}
