using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using TacHost.Services.Plugins;

namespace TacHost.Plugins;

/// <summary>The plugins declared by an assembly, read from its metadata. The assembly is not loaded or executed.</summary>
internal sealed class AssemblyMetadata
{
    private const string Contract = "TacHost.Services", OptionsNamespace = "TacHost.Services.Plugins";

    private readonly MetadataReader _metadata;
    private readonly TypeNames _names = new();

    private AssemblyMetadata(MetadataReader metadata) => _metadata = metadata;

    /// <summary>Returns the plugins of an assembly image, sorted by name.</summary>
    /// <exception cref="BadImageFormatException">The image is not an assembly, or is damaged.</exception>
    public static IReadOnlyList<DeclaredPlugin> Read(ImmutableArray<byte> image)
    {
        using var reader = new PEReader(image);
        if (!reader.HasMetadata)
            throw new BadImageFormatException("it has no metadata of .NET");
        var metadata = reader.GetMetadataReader();
        return metadata.AssemblyReferences.Any(each => metadata.GetString(metadata.GetAssemblyReference(each).Name) == Contract)
            ? [.. new AssemblyMetadata(metadata).Plugins().OrderBy(plugin => plugin.Name, StringComparer.Ordinal)]
            : [];
    }

    private IEnumerable<DeclaredPlugin> Plugins()
    {
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var type = _metadata.GetTypeDefinition(handle);
            if (Find(type.GetCustomAttributes(), nameof(PluginAttribute)) is not { } mark)
                continue;
            var name = Text(mark, 0);
            var options = Options(type).ToList();
            yield return new DeclaredPlugin(
                name,
                Text(mark, 1),
                Named(mark, nameof(PluginAttribute.Version)) as string ?? AssemblyVersion(),
                FullName(handle),
                options,
                ExplainUnusable(type, name, options));
        }
    }

    private string? ExplainUnusable(TypeDefinition type, string name, List<DeclaredOption> options)
    {
        var typeName = _metadata.GetString(type.Name);
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0]) || !name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-'))
            return $"'{name}' cannot be the name of a plugin, which is lower-case letters, digits and hyphens, beginning with a letter";
        if (type.Attributes.HasFlag(TypeAttributes.Abstract))
            return $"{typeName} is abstract, and cannot be created";
        if (options.Where(option => option.Kind != DeclaredOption.SubCommand).GroupBy(option => option.Name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            return $"its options class has two options with the name '--{twice}'";
        if (options.Where(option => option.Letter != '\0').GroupBy(option => option.Letter).FirstOrDefault(same => same.Count() > 1) is { Key: var letter })
            return $"its options class has two options with the name '-{letter}'";
        return null;
    }

    /// <summary>Returns the options of the class T of the base type ServiceMaker&lt;T&gt;.</summary>
    private IEnumerable<DeclaredOption> Options(TypeDefinition maker)
    {
        for (var type = maker; ; type = _metadata.GetTypeDefinition((TypeDefinitionHandle)type.BaseType))
        {
            if (type.BaseType.Kind == HandleKind.TypeSpecification)
            {
                var above = _metadata.GetTypeSpecification((TypeSpecificationHandle)type.BaseType).DecodeSignature(_names, null);
                return above is { Name: "ServiceMaker`1", Arguments: [{ Definition: { IsNil: false } options }] } ? OptionsOf(options) : [];
            }

            if (type.BaseType.Kind != HandleKind.TypeDefinition || type.BaseType.IsNil)
                return [];
        }
    }

    private IEnumerable<DeclaredOption> OptionsOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var above = type.BaseType.Kind == HandleKind.TypeDefinition && !type.BaseType.IsNil ? OptionsOf((TypeDefinitionHandle)type.BaseType) : [];
        return above.Concat(type.GetProperties().Select(_metadata.GetPropertyDefinition).Select(Option).OfType<DeclaredOption>());
    }

    private DeclaredOption? Option(PropertyDefinition property)
    {
        if (Find(property.GetCustomAttributes(), nameof(SubCommandAttribute)) is { } command)
            return new DeclaredOption(Text(command, 0), '\0', Text(command, 1), DeclaredOption.SubCommand, []);
        if (Find(property.GetCustomAttributes(), nameof(OptionAttribute)) is not { } option)
            return null;
        var hasLetter = option.FixedArguments.Length == 3;
        var type = property.DecodeSignature(_names, null).ReturnType.Element;
        var choices = Named(option, nameof(OptionAttribute.Choices)) is ImmutableArray<CustomAttributeTypedArgument<TypeShape>> words ? words.Select(word => (string)word.Value!) : EnumNames(type);
        return new DeclaredOption(
            Text(option, 0),
            hasLetter && option.FixedArguments[1].Value is char letter ? letter : '\0',
            Text(option, hasLetter ? 2 : 1),
            type.Name == "Boolean" ? DeclaredOption.Flag : type.Name,
            [.. choices]);
    }

    private IEnumerable<string> EnumNames(TypeShape type)
    {
        if (type.Definition.IsNil)
            return [];
        var definition = _metadata.GetTypeDefinition(type.Definition);
        return definition.BaseType.Kind == HandleKind.TypeReference && _metadata.GetString(_metadata.GetTypeReference((TypeReferenceHandle)definition.BaseType).Name) == nameof(Enum)
            ? definition.GetFields().Select(_metadata.GetFieldDefinition).Where(field => field.Attributes.HasFlag(FieldAttributes.Literal)).Select(field => KebabCase.Of(_metadata.GetString(field.Name)))
            : [];
    }

    private CustomAttributeValue<TypeShape>? Find(CustomAttributeHandleCollection attributes, string name)
    {
        foreach (var attribute in attributes.Select(_metadata.GetCustomAttribute))
        {
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && _metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && _metadata.GetTypeReference((TypeReferenceHandle)parent) is var type
                && _metadata.StringComparer.Equals(type.Name, name)
                && _metadata.StringComparer.Equals(type.Namespace, OptionsNamespace))
                return attribute.DecodeValue(_names);
        }

        return null;
    }

    private string AssemblyVersion()
    {
        foreach (var attribute in _metadata.GetAssemblyDefinition().GetCustomAttributes().Select(_metadata.GetCustomAttribute))
        {
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && _metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && _metadata.StringComparer.Equals(_metadata.GetTypeReference((TypeReferenceHandle)parent).Name, nameof(AssemblyInformationalVersionAttribute)))
                return Text(attribute.DecodeValue(_names), 0).Split('+')[0];
        }

        return _metadata.GetAssemblyDefinition().Version is { Major: > 0 } or { Minor: > 0 } ? _metadata.GetAssemblyDefinition().Version.ToString(3) : "";
    }

    private string FullName(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var name = _metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil)
            return $"{FullName(type.GetDeclaringType())}+{name}";
        return type.Namespace.IsNil ? name : $"{_metadata.GetString(type.Namespace)}.{name}";
    }

    private static string Text(CustomAttributeValue<TypeShape> attribute, int argument) => attribute.FixedArguments[argument].Value as string ?? "";

    private static object? Named(CustomAttributeValue<TypeShape> attribute, string name) => attribute.NamedArguments.FirstOrDefault(each => each.Name == name).Value;
}
