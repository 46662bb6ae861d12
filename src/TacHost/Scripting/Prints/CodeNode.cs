using System.Reflection.Metadata;
using System.Text;

namespace TacHost.Scripting.Prints;

/// <summary>A type or method: its own content, and what it leads to.</summary>
internal sealed class CodeNode(PrintedImage image, EntityHandle handle)
{
    private readonly Dictionary<CodeNode, int> _places = [];

    public PrintedImage Image => image;

    public EntityHandle Handle => handle;

    /// <summary>Gets what it is by itself. A name that the compiler made up stands in it as the place of the edge.</summary>
    public StringBuilder Content { get; } = new();

    /// <summary>Gets the types and methods that it mentions, in the order of the first mention.</summary>
    public List<CodeNode> Edges { get; } = [];

    /// <summary>Gets the variables that it reads by itself.</summary>
    public HashSet<CodeVariable> Reads { get; } = [];

    /// <summary>Gets the variables that it writes by itself.</summary>
    public HashSet<CodeVariable> Writes { get; } = [];

    /// <summary>Gets the libraries that it mentions by itself.</summary>
    public HashSet<string> Libraries { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds an edge, and returns a text for its place among the edges.</summary>
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
