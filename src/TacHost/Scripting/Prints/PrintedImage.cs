using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace TacHost.Scripting.Prints;

/// <summary>The part of a type that a reference to the type includes in a fingerprint.</summary>
internal enum TypeRole
{
    /// <summary>The whole type: a type named in the source, a state machine, an anonymous type.</summary>
    Whole,

    /// <summary>Only the used member, and the fields are variables: the script itself, and closures.</summary>
    Scope,

    /// <summary>Only the used member, and the fields cache delegates and call sites.</summary>
    DelegateCache,

    /// <summary>Only the used member, and the fields are constant data.</summary>
    Data,
}

/// <summary>An assembly of the tac file, with the nodes of its types and methods in the code graph.</summary>
internal sealed class PrintedImage
{
    private const string Script = "Submission#0";

    private readonly PEReader _image;
    private readonly Dictionary<string, TypeDefinitionHandle> _byName = new(StringComparer.Ordinal);
    private readonly TypeRole[] _roles;
    private readonly CodeNode[] _types;
    private readonly CodeNode[] _methods;

    public PrintedImage(byte[] bytes)
    {
        _image = new PEReader(new MemoryStream(bytes));
        Metadata = _image.GetMetadataReader();
        Module = Metadata.GetGuid(Metadata.GetModuleDefinition().Mvid);
        Name = Metadata.GetString(Metadata.GetAssemblyDefinition().Name);
        _roles = new TypeRole[Metadata.TypeDefinitions.Count + 1];
        _types = new CodeNode[Metadata.TypeDefinitions.Count + 1];
        _methods = new CodeNode[Metadata.MethodDefinitions.Count + 1];
        foreach (var type in Metadata.TypeDefinitions)
        {
            _byName[NameOf(type)] = type;
            _roles[MetadataTokens.GetRowNumber(type)] = FindRole(Metadata.GetString(Metadata.GetTypeDefinition(type).Name));
            _types[MetadataTokens.GetRowNumber(type)] = new CodeNode(this, type);
        }

        foreach (var method in Metadata.MethodDefinitions)
            _methods[MetadataTokens.GetRowNumber(method)] = new CodeNode(this, method);
    }

    public MetadataReader Metadata { get; }

    public Guid Module { get; }

    public string Name { get; }

    public IEnumerable<CodeNode> Nodes => _types.Skip(1).Concat(_methods.Skip(1));

    public IEnumerable<KeyValuePair<string, TypeDefinitionHandle>> NamedTypes => _byName.Where(type => !IsMade(type.Key) && RoleOf(type.Value) == TypeRole.Whole);

    public CodeNode Node(TypeDefinitionHandle type) => _types[MetadataTokens.GetRowNumber(type)];

    public CodeNode Node(MethodDefinitionHandle method) => _methods[MetadataTokens.GetRowNumber(method)];

    public TypeRole RoleOf(TypeDefinitionHandle type) => _roles[MetadataTokens.GetRowNumber(type)];

    /// <summary>Returns whether the compiler generated a name, so that the name changes with every preceding lambda.</summary>
    public static bool IsMade(string name) => name.Contains('<', StringComparison.Ordinal) && !IsStable(name);

    public TypeDefinitionHandle? Find(string fullName) => _byName.TryGetValue(fullName, out var type) ? type : null;

    public string NameOf(TypeDefinitionHandle type)
    {
        var definition = Metadata.GetTypeDefinition(type);
        var name = Metadata.GetString(definition.Name);
        if (definition.GetDeclaringType() is { IsNil: false } outer)
            return $"{NameOf(outer)}+{name}";
        return definition.Namespace.IsNil ? name : $"{Metadata.GetString(definition.Namespace)}.{name}";
    }

    public MethodBodyBlock Body(int address) => _image.GetMethodBody(address);

    public ReadOnlySpan<byte> Data(int address, int size) => _image.GetSectionData(address).GetContent(0, size).AsSpan();

    private static TypeRole FindRole(string name) => name switch
    {
        Script => TypeRole.Scope,
        _ when name.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal) || name == "<Module>" => TypeRole.Data,
        _ when name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) => TypeRole.Scope,
        _ when name is "<>c" || name.StartsWith("<>c__", StringComparison.Ordinal) || name.StartsWith("<>o", StringComparison.OrdinalIgnoreCase) || name.StartsWith("<>c`", StringComparison.Ordinal) => TypeRole.DelegateCache,
        _ => TypeRole.Whole,
    };

    /// <summary>
    /// Returns whether a generated name is stable. Fields of properties, of properties of anonymous
    /// types, and of primary constructor parameters are named after these. The object of a closure has one name.
    /// </summary>
    private static bool IsStable(string name) =>
        name == "<>4__this" || name.EndsWith(">k__BackingField", StringComparison.Ordinal) || name.EndsWith(">i__Field", StringComparison.Ordinal) || name.EndsWith(">P", StringComparison.Ordinal);
}
