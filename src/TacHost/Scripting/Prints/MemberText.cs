using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace TacHost.Scripting.Prints;

/// <summary>Writes references to methods and fields as text for a node, and adds their edges and variables.</summary>
internal sealed class MemberText(CodeNode node, TypeText types)
{
    private MetadataReader Metadata => node.Image.Metadata;

    /// <summary>Writes the method, field or type of a token in a method body.</summary>
    public string Write(EntityHandle token, FieldUse access) => token.Kind switch
    {
        HandleKind.MethodDefinition => Method((MethodDefinitionHandle)token),
        HandleKind.FieldDefinition => Field(node.Image, (FieldDefinitionHandle)token, access),
        HandleKind.MemberReference => Reference(Metadata.GetMemberReference((MemberReferenceHandle)token), access),
        HandleKind.MethodSpecification => Instance(Metadata.GetMethodSpecification((MethodSpecificationHandle)token), access),
        HandleKind.StandaloneSignature => TypeText.Write(Metadata.GetStandaloneSignature((StandaloneSignatureHandle)token).DecodeMethodSignature(types, null)),
        _ => types.Write(token).Text,
    };

    public string TypeOf(FieldDefinition field) => field.DecodeSignature(types, null).Text;

    public static string DataOf(PrintedImage image, FieldDefinition field)
    {
        var address = field.GetRelativeVirtualAddress();
        if (address == 0)
            return "";
        var size = field.DecodeSignature(new DataSize(image.Metadata), null);
        return Convert.ToHexString(image.Data(address, size));
    }

    private string Instance(MethodSpecification specification, FieldUse access) =>
        $"{Write(specification.Method, access)}<{string.Join(',', specification.DecodeSignature(types, null).Select(type => type.Text))}>";

    private string Method(MethodDefinitionHandle method)
    {
        var image = node.Image;
        var definition = image.Metadata.GetMethodDefinition(method);
        var type = definition.GetDeclaringType();
        var name = image.Metadata.GetString(definition.Name);
        var owner = types.Write(type).Text;
        return image.RoleOf(type) != TypeRole.Whole || PrintedImage.IsMade(name)
            ? owner + node.Mention(image.Node(method))
            : $"{owner}::{name}{TypeText.Write(definition.DecodeSignature(types, null))}";
    }

    private string Field(PrintedImage image, FieldDefinitionHandle field, FieldUse access)
    {
        var definition = image.Metadata.GetFieldDefinition(field);
        var type = definition.GetDeclaringType();
        var role = image.RoleOf(type);
        var name = image.Metadata.GetString(definition.Name);
        if (role == TypeRole.Scope || (role == TypeRole.Whole && definition.Attributes.HasFlag(FieldAttributes.Static) && !definition.Attributes.HasFlag(FieldAttributes.Literal) && !PrintedImage.IsMade(image.NameOf(type))))
            Use(new CodeVariable(image.Module, MetadataTokens.GetToken(field)), access);
        return role switch
        {
            TypeRole.DelegateCache => "cached delegate",
            TypeRole.Data => $"data {DataOf(image, definition)}",
            _ => $"{types.Write(type).Text}.{NameOf(image, type, field, name)}",
        };
    }

    /// <summary>Writes a member of a library, of another assembly of the tac file, or of a generic type.</summary>
    private string Reference(MemberReference reference, FieldUse access)
    {
        var name = Metadata.GetString(reference.Name);
        var owner = reference.Parent.Kind == HandleKind.MethodDefinition ? new WrittenType(Write(reference.Parent, access)) : types.Write(reference.Parent);
        var isField = reference.GetKind() == MemberReferenceKind.Field;
        if (owner.Image is { } image)
        {
            var definition = image.Metadata.GetTypeDefinition(owner.Definition);
            if (isField)
            {
                var field = definition.GetFields().First(field => image.Metadata.GetString(image.Metadata.GetFieldDefinition(field).Name) == name);
                return image == node.Image ? $"{owner.Text}:{Field(image, field, access)}" : OfOther(image, field, owner.Text, name, access);
            }

            // Overloads cannot be distinguished by name, so all overloads are referenced.
            if (image.RoleOf(owner.Definition) != TypeRole.Whole || PrintedImage.IsMade(name))
                return owner.Text + string.Concat(definition.GetMethods().Where(method => image.Metadata.GetString(image.Metadata.GetMethodDefinition(method).Name) == name).Select(method => node.Mention(image.Node(method))));
        }

        var signature = isField ? reference.DecodeFieldSignature(types, null).Text : TypeText.Write(reference.DecodeMethodSignature(types, null));
        return $"{owner.Text}::{name}:{signature}";
    }

    private string OfOther(PrintedImage image, FieldDefinitionHandle field, string owner, string name, FieldUse access)
    {
        if (image.Metadata.GetFieldDefinition(field).Attributes.HasFlag(FieldAttributes.Static))
            Use(new CodeVariable(image.Module, MetadataTokens.GetToken(field)), access);
        return $"{owner}.{name}";
    }

    /// <summary>Returns the name of a field, or its index among such fields if the name of the field or its type is compiler-generated.</summary>
    public static string NameOf(PrintedImage image, TypeDefinitionHandle type, FieldDefinitionHandle field, string name)
    {
        var isStable = image.RoleOf(type) == TypeRole.Scope || !PrintedImage.IsMade(image.NameOf(type));
        return HasName(name)
            ? name
            : string.Create(CultureInfo.InvariantCulture, $"#{image.Metadata.GetTypeDefinition(type).GetFields().TakeWhile(each => each != field).Count(each => !HasName(image.Metadata.GetString(image.Metadata.GetFieldDefinition(each).Name)))}");

        bool HasName(string name) => isStable && !PrintedImage.IsMade(name) && !name.StartsWith("CS$", StringComparison.Ordinal);
    }

    private void Use(CodeVariable variable, FieldUse access)
    {
        if (access != FieldUse.Written)
            node.Reads.Add(variable);
        if (access != FieldUse.Read)
            node.Writes.Add(variable);
    }
}
