using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace TacHost.Services.Prompts;

/// <summary>Formats the value of a line as C# Interactive does: literals, elements of collections, members of objects. Texts have at most a given length.</summary>
internal sealed class ObjectText
{
    private const int MostDepth = 4;

    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    private readonly StringBuilder _text = new();
    private readonly int _longest;

    private ObjectText(int longest) => _longest = longest;

    private bool IsFull => _text.Length > _longest;

    /// <summary>Returns the text of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="longest">The length after which nothing is added.</param>
    public static string Of(object? value, int longest)
    {
        ObjectText text = new(longest);
        text.Append(value, 0);
        return text._text.ToString();
    }

    private void Append(object? value, int depth)
    {
        if (IsFull)
            return;
        try
        {
            if (LiteralOf(value) is { } literal)
                _text.Append(literal);
            else if (value is DictionaryEntry entry)
                AppendPair(entry.Key, entry.Value, depth);
            else if (value!.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
                AppendPair(pair.GetProperty("Key")!.GetValue(value), pair.GetProperty("Value")!.GetValue(value), depth);
            else if (value is IEnumerable elements)
                AppendElements(elements, depth);
            else if (OverridesToString(value.GetType()))
                _text.Append(value.GetType().Name.Contains("AnonymousType", StringComparison.Ordinal) ? $"{value}" : $"[{Convert.ToString(value, CultureInfo.InvariantCulture)}]");
            else
                AppendMembers(value, depth);
        }
        catch (Exception e)
        {
            // The code of a value must not hide the other values.
            _text.Append(CultureInfo.InvariantCulture, $"!<{NameOf((e as TargetInvocationException)?.InnerException?.GetType() ?? e.GetType())}>");
        }
    }

    private static string? LiteralOf(object? value) => value switch
    {
        null => "null",
        string text => Quoted(text, '"'),
        char character => Quoted(character.ToString(), '\''),
        bool truth => truth ? "true" : "false",
        Enum name => name.ToString(),
        Type type => $"[{type}]",
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal or nint or nuint => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Quoted(string text, char quote)
    {
        StringBuilder quoted = new();
        quoted.Append(quote);
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                '\0' => @"\0",
                _ when character == quote => $@"\{quote}",
                _ when char.IsControl(character) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => character.ToString(),
            });
        }

        return quoted.Append(quote).ToString();
    }

    private void AppendPair(object? key, object? value, int depth)
    {
        _text.Append("{ ");
        Append(key, depth + 1);
        _text.Append(", ");
        Append(value, depth + 1);
        _text.Append(" }");
    }

    private void AppendElements(IEnumerable elements, int depth)
    {
        _text.Append(elements is Array array ? $"{NameOf(array.GetType().GetElementType()!)}[{string.Join(", ", Enumerable.Range(0, array.Rank).Select(array.GetLength))}]"
            : elements is ICollection { Count: var count } ? $"{NameOf(elements.GetType())}({count})" : NameOf(elements.GetType()));
        if (depth >= MostDepth)
        {
            _text.Append(" { ... }");
            return;
        }

        var separator = " { ";
        foreach (var element in elements)
        {
            _text.Append(separator);
            separator = ", ";
            Append(element, depth + 1);
            if (IsFull)
                return;
        }

        _text.Append(separator == ", " ? " }" : " { }");
    }

    private void AppendMembers(object value, int depth)
    {
        var type = value.GetType();
        _text.Append(NameOf(type));
        if (depth >= MostDepth - 1)
            return;
        var separator = " { ";
        foreach (var member in type.GetMembers(BindingFlags.Instance | BindingFlags.Public).OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            Func<object?>? read = member switch
            {
                FieldInfo field => () => field.GetValue(value),
                PropertyInfo { CanRead: true } property when property.GetIndexParameters().Length == 0 => () => property.GetValue(value),
                _ => null,
            };
            if (read is null || IsFull)
                continue;
            _text.Append(separator).Append(member.Name).Append('=');
            separator = ", ";
            AppendRead(read, depth);
        }

        _text.Append(separator == ", " ? " }" : " { }");
    }

    private void AppendRead(Func<object?> read, int depth)
    {
        object? value;
        try
        {
            value = read();
        }
        catch (Exception e)
        {
            _text.Append(CultureInfo.InvariantCulture, $"!<{NameOf((e as TargetInvocationException)?.InnerException?.GetType() ?? e.GetType())}>");
            return;
        }

        Append(value, depth + 1);
    }

    private static bool OverridesToString(Type type) => type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring && declaring != typeof(object) && declaring != typeof(ValueType);

    private static string NameOf(Type type)
    {
        if (_keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsArray)
            return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{NameOf(underlying)}?";
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }
}
