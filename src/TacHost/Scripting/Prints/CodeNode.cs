using System.Reflection.Metadata;
using System.Text;

namespace TacHost.Scripting.Prints;

/// <summary>A node of the code graph: a type or method with its own content and its references.</summary>
internal sealed class CodeNode(PrintedImage image, EntityHandle handle)
{
    private readonly Dictionary<CodeNode, int> _places = [];

    public PrintedImage Image => image;

    public EntityHandle Handle => handle;

    /// <summary>Gets the content of the node itself. A compiler-generated name is replaced by the index of its edge.</summary>
    public StringBuilder Content { get; } = new();

    /// <summary>Gets the referenced types and methods, in the order of the first reference.</summary>
    public List<CodeNode> Edges { get; } = [];

    public HashSet<CodeVariable> Reads { get; } = [];

    public HashSet<CodeVariable> Writes { get; } = [];

    public HashSet<string> Libraries { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds an edge, and returns a text with its index.</summary>
    public string Mention(CodeNode node)
    {
        if (!_places.TryGetValue(node, out var place))
        {
            _places.Add(node, place = Edges.Count);
            Edges.Add(node);
        }

        return $"@{place}";
    }
}
