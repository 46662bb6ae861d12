using System.Buffers.Binary;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using System.Text;

namespace TacHost.Scripting.Prints;

/// <summary>Makes the prints of a compiled tac.</summary>
/// <remarks>
/// The types and methods are the nodes of a graph, and what they mention are its edges. A print covers a node and all that can be reached from it, as far as one goes;
/// so a change anywhere reaches everything that leads to it, also through recursion. Two nodes have the same print if they, unfolded, are the same text.
/// </remarks>
internal static class CodePrinter
{
    /// <param name="code">The assemblies of the tac.</param>
    public static CodePrints Print(IReadOnlyList<byte[]> code)
    {
        var images = code.Select(bytes => new PrintedImage(bytes)).ToDictionary(image => image.Name, StringComparer.Ordinal);
        List<CodeNode> nodes = [.. images.Values.SelectMany(image => image.Nodes)];
        foreach (var node in nodes)
            CodeWriter.Fill(node, images);

        CodePrints prints = new();
        Dictionary<CodeNode, CodePrint> done = [];
        foreach (var part in StrongComponents.Of(nodes))
        {
            var outside = part.SelectMany(node => node.Edges).Select(target => done.GetValueOrDefault(target)).OfType<CodePrint>().Distinct().ToList();
            CodeVariable[] reads = [.. part.SelectMany(node => node.Reads).Concat(outside.SelectMany(print => print.Reads)).Distinct()];
            CodeVariable[] writes = [.. part.SelectMany(node => node.Writes).Concat(outside.SelectMany(print => print.Writes)).Distinct()];
            string[] libraries = [.. part.SelectMany(node => node.Libraries).Concat(outside.SelectMany(print => print.Libraries)).Distinct(StringComparer.Ordinal)];
            foreach (var (node, hash) in Hash(part, done))
            {
                CodePrint print = new(hash, reads, writes, libraries);
                done.Add(node, print);
                prints.Add(node.Image.Module, MetadataTokens.GetToken(node.Handle), print);
            }
        }

        return prints;
    }

    /// <summary>Refines the hashes of a part by those that its nodes lead to, until that tells no more of them apart; the last round, and all hashes together, tell this part from any other.</summary>
    private static Dictionary<CodeNode, UInt128> Hash(List<CodeNode> part, Dictionary<CodeNode, CodePrint> done)
    {
        var own = part.ToDictionary(node => node, node => HashOf(Encoding.UTF8.GetBytes(node.Content.ToString())));
        var hashes = own;
        int before, classes = 0;
        do
        {
            before = classes;
            var last = hashes;
            hashes = part.ToDictionary(node => node, node => HashOf([own[node], .. node.Edges.Select(target => done.TryGetValue(target, out var print) ? print.Print : last[target])]));
            classes = hashes.Values.Distinct().Count();
        }
        while (classes > before);

        var all = HashOf([.. hashes.Values.Distinct().Order()]);
        return hashes.ToDictionary(pair => pair.Key, pair => HashOf([pair.Value, all]));
    }

    private static UInt128 HashOf(UInt128[] parts) => HashOf(MemoryMarshal.AsBytes(parts.AsSpan()));

    private static UInt128 HashOf(ReadOnlySpan<byte> content)
    {
        Span<byte> print = stackalloc byte[Fingerprint.Size];
        Fingerprint.Write(content, print);
        return BinaryPrimitives.ReadUInt128BigEndian(print);
    }
}
