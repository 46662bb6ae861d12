using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace TacHost.Scripting.Prints;

/// <summary>An instruction of a method.</summary>
/// <param name="Code">The opcode.</param>
/// <param name="Token">The token of the operand, or nil.</param>
/// <param name="Text">The string of the operand, or nil.</param>
/// <param name="Operand">The bytes of any other operand.</param>
internal readonly record struct Instruction(OpCode Code, EntityHandle Token, UserStringHandle Text, byte[] Operand);

/// <summary>Reads the instructions of a method.</summary>
internal static class MethodCode
{
    private static readonly Dictionary<short, OpCode> _operations = typeof(OpCodes).GetFields().Where(field => field.FieldType == typeof(OpCode)).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static List<Instruction> Read(MethodBodyBlock body)
    {
        var reader = body.GetILReader();
        List<Instruction> instructions = [];
        while (reader.RemainingBytes > 0)
        {
            short value = reader.ReadByte();
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | reader.ReadByte()));
            instructions.Add(ReadOperand(_operations[value], ref reader));
        }

        return instructions;
    }

    private static Instruction ReadOperand(OpCode code, ref BlobReader reader)
    {
        switch (code.OperandType)
        {
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig or OperandType.InlineTok or OperandType.InlineType:
                return new Instruction(code, MetadataTokens.EntityHandle(reader.ReadInt32()), default, []);
            case OperandType.InlineString:
                return new Instruction(code, default, (UserStringHandle)MetadataTokens.Handle(reader.ReadInt32()), []);
            case OperandType.InlineSwitch:
                var count = reader.ReadInt32();
                return new Instruction(code, default, default, reader.ReadBytes(count * sizeof(int)));
            default:
                return new Instruction(code, default, default, reader.ReadBytes(SizeOf(code.OperandType)));
        }
    }

    private static int SizeOf(OperandType type) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
