using System.Collections;
using System.Globalization;
using System.Reflection;

namespace TacHost.Services.Plugins.Reading;

/// <summary>A property that holds what an option or operands give.</summary>
internal sealed class OptionProperty
{
    private readonly PropertyInfo _property;
    private readonly Type _element;
    private readonly OptionAttribute? _option;

    /// <exception cref="InvalidOperationException">It cannot hold one.</exception>
    public OptionProperty(PropertyInfo property, OptionAttribute? option)
    {
        (_property, _option) = (property, option);
        _element = ElementOf(property.PropertyType) ?? property.PropertyType;
        IsList = _element != property.PropertyType;
        IsFlag = option is not null && (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(bool);
        Kind = ValueKind.Of(_element) ?? throw new InvalidOperationException($"{Place} is a {_element.Name}, which no option can be: use a type that implements IParsable<{_element.Name}>.");
        if (property.SetMethod is not { IsStatic: false })
            throw new InvalidOperationException($"{Place} cannot be set: give it a 'set' or an 'init'.");
    }

    public ValueKind Kind { get; }

    public bool IsList { get; }

    public bool IsFlag { get; }

    /// <summary>What a value is, with its limits.</summary>
    public string Expected => (_option, Limits) switch
    {
        ({ Choices: [_, ..] choices }, _) => $"one of {string.Join(", ", choices)}",
        (_, "") => Kind.Expected,
        _ when Kind.Expected.EndsWith("between 0 and 65535", StringComparison.Ordinal) => Kind.Expected.Replace(" between 0 and 65535", Limits, StringComparison.Ordinal),
        _ => Kind.Expected + Limits,
    };

    public IReadOnlyList<string> Choices => _option is { Choices: [_, ..] choices } ? choices : Kind.Choices;

    private string Place => $"{_property.DeclaringType!.Name}.{_property.Name}";

    private string Limits => (_option?.Minimum ?? double.NegativeInfinity, _option?.Maximum ?? double.PositiveInfinity) switch
    {
        (double.NegativeInfinity, double.PositiveInfinity) => "",
        (var minimum, double.PositiveInfinity) => $", {Limit(minimum)} or more",
        (double.NegativeInfinity, var maximum) => $", {Limit(maximum)} or less",
        var (minimum, maximum) => $" between {Limit(minimum)} and {Limit(maximum)}",
    };

    /// <summary>Reads a value.</summary>
    /// <param name="text">The word.</param>
    /// <param name="name">What it is given for, such as <c>--port</c>.</param>
    /// <param name="from">Where the word stands, if not on the command line.</param>
    /// <param name="format">How values are written.</param>
    /// <exception cref="UsageException">It cannot be one.</exception>
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

        var nearest = NearestWord.To(text, Choices) is { } word ? $" Did you mean '{word}'?" : "";
        throw Bad(text, name, from, Expected.Length > 0 ? $", which is {Expected}." + nearest : $": {why}");
    }

    /// <summary>Gives the property its value, or for a list all of them.</summary>
    public void Set(object options, IReadOnlyList<object> values, string text, string name, string from)
    {
        var value = values[^1];
        if (IsList)
        {
            var array = Array.CreateInstance(_element, values.Count);
            for (var i = 0; i < values.Count; i++)
                array.SetValue(values[i], i);
            value = _property.PropertyType.IsInstanceOfType(array) ? array : Activator.CreateInstance(_property.PropertyType, array)!;
        }

        try
        {
            _property.SetValue(options, value, BindingFlags.DoNotWrapExceptions, null, null, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw Bad(text, name, from, $": {e.Message}");
        }
    }

    /// <summary>What the help says of the default.</summary>
    public string? DefaultText(object options)
    {
        if (_option is { DefaultText: { } text })
            return text;
        var value = _property.GetValue(options);
        if (IsFlag)
            return value is true ? "on" : null;
        return IsList ? (value as IEnumerable)?.Cast<object>().Select(ValueKind.Print) is { } all && string.Join(", ", all) is { Length: > 0 } list ? list : null : ValueKind.Print(value);
    }

    private static UsageException Bad(string text, string name, string from, string why) => new($"'{text}'{from} cannot be the {name}{why}");

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
