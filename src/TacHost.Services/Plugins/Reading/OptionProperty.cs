using System.Globalization;
using System.Reflection;

namespace TacHost.Services.Plugins.Reading;

/// <summary>A property that receives the value of an option, or the operands.</summary>
internal sealed class OptionProperty
{
    private readonly PropertyInfo _property;

    /// <exception cref="InvalidOperationException">The property cannot be set, or its type is unsupported.</exception>
    public OptionProperty(PropertyInfo property, OptionAttribute? option)
    {
        _property = property;
        var place = $"{property.DeclaringType!.Name}.{property.Name}";
        Values = new OptionValues(property.PropertyType, option, place);
        if (property.SetMethod is not { IsStatic: false })
            throw new InvalidOperationException($"{place} cannot be set: give it a 'set' or an 'init'.");
    }

    public OptionValues Values { get; }

    public void Set(object options, IReadOnlyList<object> values, string text, string name, string from)
    {
        try
        {
            _property.SetValue(options, Values.Combine(values), BindingFlags.DoNotWrapExceptions, null, null, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw OptionValues.Bad(text, name, from, $"valid: {e.Message}");
        }
    }

    public string? DefaultText(object options) => Values.DefaultText(_property.GetValue(options));
}
