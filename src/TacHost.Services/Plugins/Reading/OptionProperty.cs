using System.Globalization;
using System.Reflection;

namespace TacHost.Services.Plugins.Reading;

/// <summary>A property that holds what an option or operands give.</summary>
internal sealed class OptionProperty
{
    private readonly PropertyInfo _property;

    /// <exception cref="InvalidOperationException">It cannot hold one.</exception>
    public OptionProperty(PropertyInfo property, OptionAttribute? option)
    {
        _property = property;
        var place = $"{property.DeclaringType!.Name}.{property.Name}";
        Values = new OptionValues(property.PropertyType, option, place);
        if (property.SetMethod is not { IsStatic: false })
            throw new InvalidOperationException($"{place} cannot be set: give it a 'set' or an 'init'.");
    }

    public OptionValues Values { get; }

    /// <summary>Gives the property its value, or for a list all of them.</summary>
    public void Set(object options, IReadOnlyList<object> values, string text, string name, string from)
    {
        try
        {
            _property.SetValue(options, Values.Combine(values), BindingFlags.DoNotWrapExceptions, null, null, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw OptionValues.Bad(text, name, from, $": {e.Message}");
        }
    }

    /// <summary>What the help says of the default.</summary>
    public string? DefaultText(object options) => Values.DefaultText(_property.GetValue(options));
}
