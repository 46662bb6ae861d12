using System.Collections;
using System.Globalization;

namespace TacHost.Services.Plugins.Reading;

/// <summary>The values of an option, with their type, limits and choices. Used for properties of options classes and for parameters of tac files.</summary>
internal sealed class OptionValues
{
    private readonly Type _type;
    private readonly Type _element;
    private readonly OptionAttribute? _option;

    /// <param name="type">The type of the property or parameter. A list accepts several values.</param>
    /// <param name="option">The limits and choices, or null for operands.</param>
    /// <param name="place">The name of the property or parameter, for the message if its type is unsupported.</param>
    /// <exception cref="InvalidOperationException">The type is unsupported.</exception>
    public OptionValues(Type type, OptionAttribute? option, string place)
    {
        (_type, _option) = (type, option);
        _element = ElementOf(type) ?? type;
        IsList = _element != type;
        IsFlag = option is not null && (Nullable.GetUnderlyingType(type) ?? type) == typeof(bool);
        Kind = ValueKind.Of(_element) ?? throw new InvalidOperationException($"{place} is a {_element.Name}, which no option can be: use a type that implements IParsable<{_element.Name}>.");
    }

    public ValueKind Kind { get; }

    public bool IsList { get; }

    public bool IsFlag { get; }

    public string Expected => (_option, Limits) switch
    {
        ({ Choices: [_, ..] choices }, _) => $"one of {string.Join(", ", choices)}",
        (_, "") => Kind.Expected,
        _ when Kind.Expected.EndsWith("between 0 and 65535", StringComparison.Ordinal) => Kind.Expected.Replace(" between 0 and 65535", Limits, StringComparison.Ordinal),
        _ => Kind.Expected + Limits,
    };

    public IReadOnlyList<string> Choices => _option is { Choices: [_, ..] choices } ? choices : Kind.Choices;

    private string Limits => (_option?.Minimum ?? double.NegativeInfinity, _option?.Maximum ?? double.PositiveInfinity) switch
    {
        (double.NegativeInfinity, double.PositiveInfinity) => "",
        (var minimum, double.PositiveInfinity) => $", {Limit(minimum)} or more",
        (double.NegativeInfinity, var maximum) => $", {Limit(maximum)} or less",
        var (minimum, maximum) => $" between {Limit(minimum)} and {Limit(maximum)}",
    };

    /// <summary>Parses a value.</summary>
    /// <param name="text">The text of the value.</param>
    /// <param name="name">The name of the option, such as <c>--port</c>.</param>
    /// <param name="from">The source of the value, if it is not the command line.</param>
    /// <param name="format">The format of the values.</param>
    /// <exception cref="UsageException">The text is not a valid value.</exception>
    public object Read(string text, string name, string from, OptionFormat format)
    {
        var why = "";
        try
        {
            if (_option is not { Choices: [_, ..] choices } || choices.Contains(text))
            {
                var value = Kind.Parse(text, format);
                if (IsWithinLimits(value))
                    return value;
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            why = e.Message;
        }

        if (_element == typeof(Secret) && Secret.ReasonUnreadable(text, format) is { } reason)
            throw new UsageException($"{name}: the file{from} cannot be read: {reason}");
        var nearest = DidYouMean.To(text, Choices) is { } word ? $" Did you mean '{word}'?" : "";
        throw Bad(_element == typeof(Secret) ? null : text, name, from, Expected.Length > 0 ? $"{Expected}.{nearest}" : $"valid: {why}");
    }

    /// <summary>Returns the value for the property: the last of the parsed values, or a list of all.</summary>
    public object Combine(IReadOnlyList<object> values)
    {
        if (!IsList)
            return values[^1];
        var array = Array.CreateInstance(_element, values.Count);
        for (var i = 0; i < values.Count; i++)
            array.SetValue(values[i], i);
        return _type.IsInstanceOfType(array) ? array : Activator.CreateInstance(_type, array)!;
    }

    /// <summary>Returns the text for a default in the help, or null for no text.</summary>
    public string? DefaultText(object? value)
    {
        if (_option is { DefaultText: { } text })
            return text;
        if (IsFlag)
            return value is true ? "on" : null;
        return IsList ? (value as IEnumerable)?.Cast<object>().Select(ValueKind.Print) is { } all && string.Join(", ", all) is { Length: > 0 } list ? list : null : ValueKind.Print(value);
    }

    /// <param name="text">The text of the value, or null if it may be a secret.</param>
    /// <param name="name">The name of the option.</param>
    /// <param name="from">The source of the value.</param>
    /// <param name="what">The expected value.</param>
    public static UsageException Bad(string? text, string name, string from, string what) => new($"{name}: {(text is null ? "the value" : $"'{text}'")}{from} is not {what}");

    private bool IsWithinLimits(object value)
    {
        if (_option is null)
            return true;
        var number = value switch
        {
            Port port => port.Number,
            ByteSize size => size.Bytes,
            TimeSpan time => time.TotalSeconds,
            IConvertible and not (string or bool or Enum or char or DateTime) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => (double?)null,
        };
        return number is null || (number >= _option.Minimum && number <= _option.Maximum);
    }

    private string Limit(double limit) =>
        _element == typeof(TimeSpan) ? Duration.Print(TimeSpan.FromSeconds(limit))
        : _element == typeof(ByteSize) ? new ByteSize((long)limit).ToString()
        : limit.ToString(CultureInfo.InvariantCulture);

    private static Type? ElementOf(Type type)
    {
        if (type == typeof(string))
            return null;
        if (type.IsArray)
            return type.GetElementType();
        return type.IsGenericType && type.GenericTypeArguments is [var element] && type.IsAssignableFrom(typeof(List<>).MakeGenericType(element)) ? element : null;
    }
}
