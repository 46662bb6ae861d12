using System.Globalization;
using System.Reflection.Metadata;
using System.Text;

namespace TacHost.Scripting.Prints;

/// <summary>Writes the content of a type or method to its node.</summary>
internal sealed class CodeWriter
{
    private readonly CodeNode _node;
    private readonly IReadOnlyDictionary<string, PrintedImage> _images;
    private readonly TypeText _types;
    private readonly MemberText _members;

    private CodeWriter(CodeNode node, IReadOnlyDictionary<string, PrintedImage> images)
    {
        (_node, _images) = (node, images);
        _types = new TypeText(images, node);
        _members = new MemberText(node, _types);
    }

    private MetadataReader Metadata => _node.Image.Metadata;

    public static void Fill(CodeNode node, IReadOnlyDictionary<string, PrintedImage> images)
    {
        CodeWriter writer = new(node, images);
        if (node.Handle.Kind == HandleKind.TypeDefinition)
            writer.Write((TypeDefinitionHandle)node.Handle);
        else
            writer.Write((MethodDefinitionHandle)node.Handle);
    }

    private void Write(TypeDefinitionHandle handle)
    {
        if (_node.Image.RoleOf(handle) != TypeRole.Whole)
            return;
        var type = Metadata.GetTypeDefinition(handle);
        var name = _node.Image.NameOf(handle);
        var isMade = PrintedImage.IsMade(name);
        Add($"type {(isMade ? "" : name)} {type.Attributes} : {_types.Write(type.BaseType).Text} {type.GetLayout().Size} {type.GetLayout().PackingSize}");
        foreach (var each in type.GetInterfaceImplementations())
            Add($"interface {_types.Write(Metadata.GetInterfaceImplementation(each).Interface).Text}");
        Write(type.GetGenericParameters());
        Write(type.GetCustomAttributes());
        foreach (var each in type.GetFields())
        {
            var field = Metadata.GetFieldDefinition(each);
            var place = MemberText.NameOf(_node.Image, handle, each, Metadata.GetString(field.Name));
            Add($"field {place} {field.Attributes} {_members.TypeOf(field)} {field.GetOffset()} {MemberText.DataOf(_node.Image, field)}");
            Write(field.GetDefaultValue());
            Write(field.GetCustomAttributes());
        }

        foreach (var each in type.GetProperties())
        {
            var property = Metadata.GetPropertyDefinition(each);
            Add($"property {Metadata.GetString(property.Name)} {property.Attributes}");
            Write(property.GetCustomAttributes());
        }

        foreach (var each in type.GetEvents())
        {
            var @event = Metadata.GetEventDefinition(each);
            Add($"event {Metadata.GetString(@event.Name)}");
            Write(@event.GetCustomAttributes());
        }

        foreach (var each in type.GetMethods())
            Add(_node.Mention(_node.Image.Node(each)));
        foreach (var each in type.GetMethodImplementations())
        {
            var implementation = Metadata.GetMethodImplementation(each);
            Add($"{_members.Write(implementation.MethodBody, FieldUse.Read)} is {_members.Write(implementation.MethodDeclaration, FieldUse.Read)}");
        }
    }

    private void Write(MethodDefinitionHandle handle)
    {
        var method = Metadata.GetMethodDefinition(handle);
        var name = Metadata.GetString(method.Name);
        var isMade = PrintedImage.IsMade(name);
        Add($"method {(isMade ? "" : name)} {method.Attributes} {method.ImplAttributes} {TypeText.Write(method.DecodeSignature(_types, null))}");
        Write(method.GetGenericParameters());
        Write(method.GetCustomAttributes());
        foreach (var each in method.GetParameters())
        {
            var parameter = Metadata.GetParameter(each);
            Add($"parameter {parameter.SequenceNumber} {(isMade ? "" : Metadata.GetString(parameter.Name))} {parameter.Attributes}");
            Write(parameter.GetDefaultValue());
            Write(parameter.GetCustomAttributes());
        }

        if (method.GetImport() is { Module.IsNil: false } import)
            Add($"import {Metadata.GetString(Metadata.GetModuleReference(import.Module).Name)} {Metadata.GetString(import.Name)} {import.Attributes}");
        if (method.RelativeVirtualAddress != 0)
            Write(_node.Image.Body(method.RelativeVirtualAddress));
    }

    private void Write(MethodBodyBlock body)
    {
        Add($"locals {body.LocalVariablesInitialized}");
        if (!body.LocalSignature.IsNil)
            Add(string.Join(',', Metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_types, null).Select(type => type.Text)));
        foreach (var region in body.ExceptionRegions)
            Add($"{region.Kind} {region.TryOffset} {region.TryLength} {region.HandlerOffset} {region.HandlerLength} {region.FilterOffset} {_types.Write(region.CatchType).Text}");
        FieldUses uses = new(_node, _images);
        var instructions = MethodCode.Read(body);
        for (var i = 0; i < instructions.Count; i++)
        {
            var instruction = instructions[i];
            var operand = !instruction.Token.IsNil ? _members.Write(instruction.Token, uses.Of(instructions, i))
                : !instruction.Text.IsNil ? $"'{Metadata.GetUserString(instruction.Text)}'"
                : Convert.ToHexString(instruction.Operand);
            Add($"{instruction.Code.Name} {operand}");
        }
    }

    private void Write(GenericParameterHandleCollection parameters)
    {
        foreach (var each in parameters)
        {
            var parameter = Metadata.GetGenericParameter(each);
            var constraints = parameter.GetConstraints().Select(constraint => _types.Write(Metadata.GetGenericParameterConstraint(constraint).Type).Text);
            Add($"generic {parameter.Attributes} {string.Join(',', constraints)}");
        }
    }

    private void Write(ConstantHandle constant)
    {
        if (constant.IsNil)
            return;
        var value = Metadata.GetConstant(constant);
        Add($"constant {value.TypeCode} {Convert.ToHexString(Metadata.GetBlobBytes(value.Value))}");
    }

    /// <summary>
    /// Writes attributes. Skips those that name a state machine, because its name is generated and the code refers to
    /// it anyway. Also skips nullability attributes, which have no effect at run time.
    /// </summary>
    private void Write(CustomAttributeHandleCollection attributes)
    {
        foreach (var each in attributes)
        {
            var attribute = Metadata.GetCustomAttribute(each);
            var constructor = _members.Write(attribute.Constructor, FieldUse.Read);
            if (constructor.Contains("StateMachineAttribute::", StringComparison.Ordinal) || constructor.Contains("CompilerServices.Nullable", StringComparison.Ordinal))
                continue;
            var value = Metadata.GetBlobBytes(attribute.Value);
            Add($"attribute {constructor} {Convert.ToHexString(value)}");

            // typeof(…) in an attribute is stored as the name of the type.
            var text = Encoding.UTF8.GetString(value);
            foreach (var (name, type) in _node.Image.NamedTypes)
            {
                if (text.Contains(name, StringComparison.Ordinal))
                    Add(_node.Mention(_node.Image.Node(type)));
            }
        }
    }

    private void Add(string line) => _node.Content.Append(CultureInfo.InvariantCulture, $"{line}\n");
}
