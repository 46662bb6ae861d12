using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace TacHost.Scripting.Prints;

/// <summary>How much of a type a mention of it means.</summary>
internal enum TypeRole
{
    /// <summary>All of it: a type that the source names, a state machine, an anonymous type.</summary>
    Whole,

    /// <summary>The one member, and its fields are variables: the script itself, and closures.</summary>
    Scope,

    /// <summary>The one member, and its fields are there to save a second delegate.</summary>
    DelegateCache,

    /// <summary>The one member, and its fields are constant data.</summary>
    Data,
}

/// <summary>An assembly of the tac, with the nodes that its types and methods are in the graph of the code.</summary>
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

    /// <summary>Gets the module version id.</summary>
    public Guid Module { get; }

    /// <summary>Gets the simple name of the assembly.</summary>
    public string Name { get; }

    /// <summary>Gets all types and methods.</summary>
    public IEnumerable<CodeNode> Nodes => _types.Skip(1).Concat(_methods.Skip(1));

    /// <summary>Gets the full names of the types that the source names.</summary>
    public IEnumerable<KeyValuePair<string, TypeDefinitionHandle>> NamedTypes => _byName.Where(type => !IsMade(type.Key) && RoleOf(type.Value) == TypeRole.Whole);

    public CodeNode Node(TypeDefinitionHandle type) => _types[MetadataTokens.GetRowNumber(type)];

    public CodeNode Node(MethodDefinitionHandle method) => _methods[MetadataTokens.GetRowNumber(method)];

    public TypeRole RoleOf(TypeDefinitionHandle type) => _roles[MetadataTokens.GetRowNumber(type)];

    /// <summary>Returns whether the compiler made up a name, so that it changes with every lambda in front of it.</summary>
    public static bool IsMade(string name) => name.Contains('<', StringComparison.Ordinal) && !IsStable(name);

    public TypeDefinitionHandle? Find(string fullName) => _byName.TryGetValue(fullName, out var type) ? type : null;

    /// <summary>Returns the name of a type with its namespace and the types around it.</summary>
    public string NameOf(TypeDefinitionHandle type)
    {
        var definition = Metadata.GetTypeDefinition(type);
        var name = Metadata.GetString(definition.Name);
        if (definition.GetDeclaringType() is { IsNil: false } outer)
            return $"{NameOf(outer)}+{name}";
        return definition.Namespace.IsNil ? name : $"{Metadata.GetString(definition.Namespace)}.{name}";
    }

    public MethodBodyBlock Body(int address) => _image.GetMethodBody(address);

    /// <summary>Returns the constant data at an address.</summary>
    public ReadOnlySpan<byte> Data(int address, int size) => _image.GetSectionData(address).GetContent(0, size).AsSpan();

    private static TypeRole FindRole(string name) => name switch
    {
        Script => TypeRole.Scope,
        "<PrivateImplementationDetails>" or "<Module>" => TypeRole.Data,
        _ when name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) => TypeRole.Scope,
        _ when name is "<>c" || name.StartsWith("<>c__", StringComparison.Ordinal) || name.StartsWith("<>O", StringComparison.Ordinal) || name.StartsWith("<>c`", StringComparison.Ordinal) => TypeRole.DelegateCache,
        _ => TypeRole.Whole,
    };

    /// <summary>The field of a property, of an anonymous type's property, and of a primary constructor's parameter are named after them.</summary>
    private static bool IsStable(string name) =>
        name.EndsWith(">k__BackingField", StringComparison.Ordinal) || name.EndsWith(">i__Field", StringComparison.Ordinal) || name.EndsWith(">P", StringComparison.Ordinal);
}
