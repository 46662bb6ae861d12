using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace TacHost.Reloading;

/// <summary>Finds the fields that nothing but constructors and init accessors writes. A parameter of a primary constructor is such a field, though it is not read-only.</summary>
internal sealed class FinalFields
{
    private const byte MemberReferences = 0x0A;

    private static readonly Dictionary<short, OpCode> _operations =
        typeof(OpCodes).GetFields().Where(field => field.FieldType == typeof(OpCode)).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Dictionary<Type, HashSet<int>> _written = [];

    public bool Contains(FieldInfo field)
    {
        if (field.IsInitOnly)
            return true;
        return field.DeclaringType is { } type && (field.IsPrivate || IsClosure(type)) && !WrittenIn(type).Contains(field.MetadataToken);
    }

    /// <summary>The fields of a closure are public, and only the functions in it use them, once they have been made.</summary>
    private static bool IsClosure(Type type) => type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal);

    private HashSet<int> WrittenIn(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (_written.TryGetValue(definition, out var known))
            return known;
        HashSet<int> written = [];
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        Stack<Type> left = new([definition]);
        while (left.TryPop(out var each))
        {
            foreach (var method in each.GetMethods(all).Where(method => !IsInit(method)).Concat<MethodBase>(each == definition ? [] : each.GetConstructors(all)))
                AddWritten(method, written);
            foreach (var nested in each.GetNestedTypes(all))
                left.Push(nested);
        }

        return _written[definition] = written;
    }

    private static bool IsInit(MethodInfo method) => method.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static void AddWritten(MethodBase method, HashSet<int> written)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            return;
        for (var i = 0; i < code.Length;)
        {
            short value = code[i++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | code[i++]));
            var operation = _operations[value];
            if (operation == OpCodes.Stfld || operation == OpCodes.Ldflda || operation == OpCodes.Ldtoken)
                Add(method, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(i)), written);
            i += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => sizeof(int) + (sizeof(int) * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(i))),
                _ => 4,
            };
        }
    }

    /// <summary>In a generic type, the token is that of a reference to its own field.</summary>
    private static void Add(MethodBase method, int token, HashSet<int> written)
    {
        if (token >>> 24 != MemberReferences)
        {
            written.Add(token);
            return;
        }

        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method is MethodInfo { IsGenericMethod: true } ? method.GetGenericArguments() : null;
        if (method.Module.ResolveMember(token, typeArguments, methodArguments) is FieldInfo field && field.Module == method.Module)
            written.Add(field.MetadataToken);
    }
}
