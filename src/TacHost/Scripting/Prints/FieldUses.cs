using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace TacHost.Scripting.Prints;

/// <summary>Determines how an instruction uses its field.</summary>
internal sealed class FieldUses(CodeNode node, IReadOnlyDictionary<string, PrintedImage> images)
{
    /// <summary>The immutable value types. The address of such a value is only used to read it.</summary>
    private static readonly HashSet<string> _unchangeable = new(StringComparer.Ordinal)
    {
        "Boolean", "Char", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "IntPtr", "UIntPtr", "Single", "Double",
        "System.Decimal", "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Guid", "System.Int128", "System.UInt128", "System.Half",
        "System.Index", "System.Range", "System.Nullable`1", "System.Memory`1", "System.ReadOnlyMemory`1", "System.ArraySegment`1", "System.Text.Rune",
        "System.Threading.CancellationToken", "System.Collections.Generic.KeyValuePair`2", "System.Collections.Immutable.ImmutableArray`1",
    };

    public FieldUse Of(IReadOnlyList<Instruction> instructions, int index)
    {
        var code = instructions[index].Code;
        if (code == OpCodes.Ldfld || code == OpCodes.Ldsfld)
            return FieldUse.Read;
        if (code == OpCodes.Stfld || code == OpCodes.Stsfld)
            return FieldUse.Written;
        return IsReceiverOfACall(instructions, index) ? FieldUse.Read : FieldUse.Lent;
    }

    /// <summary>Follows the address past the arguments to the call whose receiver it is.</summary>
    private bool IsReceiverOfACall(IReadOnlyList<Instruction> instructions, int index)
    {
        var above = 0;
        for (var i = index + 1; i < instructions.Count; i++)
        {
            var code = instructions[i].Code;
            if (code == OpCodes.Constrained)
                continue;
            if (code == OpCodes.Call || code == OpCodes.Callvirt)
                return CallOf(instructions[i].Token) is { } call && call.Arguments == above && _unchangeable.Contains(call.Receiver ?? TypeOfField(instructions[index].Token));
            if (code.FlowControl != FlowControl.Next || Change(code) is not { } change)
                return false;
            if (above - change.Popped < 0)
                return false;
            above += change.Pushed - change.Popped;
        }

        return false;
    }

    private (int Arguments, string? Receiver)? CallOf(EntityHandle token)
    {
        if (token.Kind != HandleKind.MemberReference)
            return null;
        var reference = node.Image.Metadata.GetMemberReference((MemberReferenceHandle)token);
        var signature = reference.DecodeMethodSignature(Apart(), null);
        if (!signature.Header.IsInstance)
            return null;
        var receiver = Bare(Apart().Write(reference.Parent).Text);

        // A constrained call names Object or an interface, and its receiver has the type of the field.
        return (signature.ParameterTypes.Length, receiver is "System.Object" || receiver.Contains(".I", StringComparison.Ordinal) ? null : receiver);
    }

    private string TypeOfField(EntityHandle field)
    {
        var metadata = node.Image.Metadata;
        var text = field.Kind switch
        {
            HandleKind.FieldDefinition => metadata.GetFieldDefinition((FieldDefinitionHandle)field).DecodeSignature(Apart(), null).Text,
            HandleKind.MemberReference when metadata.GetMemberReference((MemberReferenceHandle)field) is var reference && reference.GetKind() == MemberReferenceKind.Field => reference.DecodeFieldSignature(Apart(), null).Text,
            _ => "",
        };
        return Bare(text);
    }

    /// <summary>Returns the name of a type without the assembly and the type arguments.</summary>
    private static string Bare(string type)
    {
        var name = type[(type.IndexOf(']', StringComparison.Ordinal) is var end and >= 0 && type.StartsWith('[') ? end + 1 : 0)..];
        var arguments = name.IndexOf('<', StringComparison.Ordinal);
        name = arguments < 0 ? name : name[..arguments];
        return name.StartsWith("System.", StringComparison.Ordinal) && name.LastIndexOf('.') == 6 && _unchangeable.Contains(name[7..]) ? name[7..] : name;
    }

    /// <summary>Returns a writer for a temporary node, so that no edges are added.</summary>
    private TypeText Apart() => new(images, new CodeNode(node.Image, node.Handle));

    private static (int Popped, int Pushed)? Change(OpCode code)
    {
        if (Count(code.StackBehaviourPop) is { } popped && Count(code.StackBehaviourPush) is { } pushed)
            return (popped, pushed);
        return null;
    }

    private static int? Count(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop0 or StackBehaviour.Push0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref or StackBehaviour.Push1 or StackBehaviour.Pushi or StackBehaviour.Pushi8
            or StackBehaviour.Pushr4 or StackBehaviour.Pushr8 or StackBehaviour.Pushref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
            or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        _ => null,
    };
}
