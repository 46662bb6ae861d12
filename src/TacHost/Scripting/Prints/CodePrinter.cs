using System.Buffers.Binary;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using System.Text;

namespace TacHost.Scripting.Prints;

/// <summary>Calculates the fingerprints of a compiled tac file.</summary>
/// <remarks>
/// The types and methods are the nodes of a graph, and their references are its edges. A fingerprint includes a node and all nodes reachable from it.
/// Therefore a change affects everything that leads to it, including recursion. Two nodes have the same fingerprint if their unfolded texts are equal.
/// </remarks>
internal static class CodePrinter
{
    /// <param name="code">The assemblies of the tac file.</param>
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

    /// <summary>
    /// Refines the hashes of a strongly connected part with the hashes of referenced nodes, until no further nodes can be distinguished.
    /// The last round and the set of all hashes distinguish this part from others.
    /// </summary>
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
