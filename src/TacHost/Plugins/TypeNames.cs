using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace TacHost.Plugins;

/// <summary>Reads the types in signatures and attributes of an assembly.</summary>
internal sealed class TypeNames : ISignatureTypeProvider<TypeShape, object?>, ICustomAttributeTypeProvider<TypeShape>
{
    public TypeShape GetPrimitiveType(PrimitiveTypeCode typeCode) => new(typeCode.ToString());

    public TypeShape GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => new(reader.GetString(reader.GetTypeDefinition(handle).Name), handle);

    public TypeShape GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => new(reader.GetString(reader.GetTypeReference(handle).Name));

    public TypeShape GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public TypeShape GetGenericInstantiation(TypeShape genericType, ImmutableArray<TypeShape> typeArguments) => genericType with { Arguments = typeArguments };

    public TypeShape GetSZArrayType(TypeShape elementType) => new("Array", Arguments: [elementType]);

    public TypeShape GetArrayType(TypeShape elementType, ArrayShape shape) => GetSZArrayType(elementType);

    public TypeShape GetByReferenceType(TypeShape elementType) => elementType;

    public TypeShape GetPointerType(TypeShape elementType) => elementType;

    public TypeShape GetPinnedType(TypeShape elementType) => elementType;

    public TypeShape GetModifiedType(TypeShape modifier, TypeShape unmodifiedType, bool isRequired) => unmodifiedType;

    public TypeShape GetFunctionPointerType(MethodSignature<TypeShape> signature) => new("Function");

    public TypeShape GetGenericMethodParameter(object? genericContext, int index) => new("Parameter");

    public TypeShape GetGenericTypeParameter(object? genericContext, int index) => new("Parameter");

    public TypeShape GetSystemType() => new(nameof(Type));

    public bool IsSystemType(TypeShape type) => type.Name == nameof(Type);

    public TypeShape GetTypeFromSerializedName(string name) => new(name);

    public PrimitiveTypeCode GetUnderlyingEnumType(TypeShape type) => PrimitiveTypeCode.Int32;
}
