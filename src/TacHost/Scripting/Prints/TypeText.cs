using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace TacHost.Scripting.Prints;

/// <summary>A type written as text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Image">The assembly of the tac file that defines the type or its generic definition, or null for a library.</param>
/// <param name="Definition">The definition in that assembly.</param>
internal readonly record struct WrittenType(string Text, PrintedImage? Image = null, TypeDefinitionHandle Definition = default);

/// <summary>Writes types as text for a node, and adds an edge for each type of the tac file.</summary>
internal sealed class TypeText(IReadOnlyDictionary<string, PrintedImage> images, CodeNode node) : ISignatureTypeProvider<WrittenType, object?>
{
    public WrittenType Write(EntityHandle type) => type.Kind switch
    {
        _ when type.IsNil => new WrittenType(""),
        HandleKind.TypeDefinition => OfTac(node.Image, (TypeDefinitionHandle)type),
        HandleKind.TypeReference => GetTypeFromReference(node.Image.Metadata, (TypeReferenceHandle)type, 0),
        HandleKind.TypeSpecification => node.Image.Metadata.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(this, null),
        var kind => throw new BadImageFormatException($"A {kind} is in the place of a type."),
    };

    public static string Write(MethodSignature<WrittenType> signature) =>
        $"{signature.Header}`{signature.GenericParameterCount}({string.Join(',', signature.ParameterTypes.Select(type => type.Text))}):{signature.ReturnType.Text}";

    public WrittenType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => OfTac(node.Image, handle);

    public WrittenType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var (assembly, name) = NameOf(reader, handle);
        if (images.GetValueOrDefault(assembly) is { } other && other.Find(name) is { } type)
            return OfTac(other, type);
        if (!IsOfDotNet(assembly))
            node.Libraries.Add(assembly);
        return new WrittenType($"[{assembly}]{name}");
    }

    public WrittenType GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => Write(handle);

    public WrittenType GetPrimitiveType(PrimitiveTypeCode typeCode) => new(typeCode.ToString());

    public WrittenType GetArrayType(WrittenType elementType, ArrayShape shape) =>
        new($"{elementType.Text}[{shape.Rank};{string.Join(',', shape.Sizes)};{string.Join(',', shape.LowerBounds)}]");

    public WrittenType GetSZArrayType(WrittenType elementType) => new(elementType.Text + "[]");

    public WrittenType GetByReferenceType(WrittenType elementType) => new(elementType.Text + "&");

    public WrittenType GetPointerType(WrittenType elementType) => new(elementType.Text + "*");

    public WrittenType GetPinnedType(WrittenType elementType) => new("pinned " + elementType.Text);

    public WrittenType GetModifiedType(WrittenType modifier, WrittenType unmodifiedType, bool isRequired) =>
        new($"{unmodifiedType.Text} {(isRequired ? "modreq" : "modopt")}({modifier.Text})");

    public WrittenType GetFunctionPointerType(MethodSignature<WrittenType> signature) => new($"*{Write(signature)}");

    public WrittenType GetGenericInstantiation(WrittenType genericType, ImmutableArray<WrittenType> typeArguments) =>
        genericType with { Text = $"{genericType.Text}<{string.Join(',', typeArguments.Select(type => type.Text))}>" };

    public WrittenType GetGenericMethodParameter(object? genericContext, int index) => new($"!!{index}");

    public WrittenType GetGenericTypeParameter(object? genericContext, int index) => new($"!{index}");

    private WrittenType OfTac(PrintedImage image, TypeDefinitionHandle type)
    {
        var name = image.NameOf(type);
        var text = image.RoleOf(type) switch
        {
            TypeRole.Whole when PrintedImage.IsMade(name) => node.Mention(image.Node(type)),
            TypeRole.Whole => name + node.Mention(image.Node(type)),
            var role => role.ToString(),
        };
        return new WrittenType(text, image, type);
    }

    private static (string Assembly, string Name) NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var reference = metadata.GetTypeReference(handle);
        var name = metadata.GetString(reference.Name);
        if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var outer = NameOf(metadata, (TypeReferenceHandle)reference.ResolutionScope);
            return (outer.Assembly, $"{outer.Name}+{name}");
        }

        var assembly = reference.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name)
            : "";
        return (assembly, reference.Namespace.IsNil ? name : $"{metadata.GetString(reference.Namespace)}.{name}");
    }

    /// <summary>Returns true for assemblies of .NET, which exist only once in a process.</summary>
    private static bool IsOfDotNet(string assembly) =>
        assembly.StartsWith("System.", StringComparison.Ordinal) || assembly is "System" or "mscorlib" or "netstandard" or "";
}
