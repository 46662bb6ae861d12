using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins.Infrastructure;

/// <summary>The description of an option for help, completion and man page.</summary>
public sealed class OptionDescription : IOption
{
    internal OptionDescription()
    {
    }

    /// <summary>Gets the long name, without dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the short name, or null.</summary>
    public char? Letter { get; init; }

    /// <summary>Gets the name of the value, or null for a flag.</summary>
    public string? ValueName { get; init; }

    /// <summary>Gets the purpose.</summary>
    public required string Description { get; init; }

    /// <summary>Gets the description of a valid value, to follow "which is".</summary>
    public string Expected { get; init; } = "";

    /// <summary>Gets the allowed values, or an empty list if other values are allowed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Gets whether the option can be repeated. Each repetition adds a value.</summary>
    public bool Repeats { get; init; }

    /// <summary>Gets whether the option is required.</summary>
    public bool Required { get; init; }

    /// <summary>Gets whether the option is a flag, which <c>--no-NAME</c> turns off.</summary>
    public bool IsFlag { get; init; }

    /// <summary>Gets the environment variable that supplies the value if the option is not given, or null.</summary>
    public string? EnvironmentVariable { get; init; }

    string IOption.LongName => "--" + Name;

    string? IOption.Alias => null;

    bool IOption.HasOpposite => IsFlag;

    bool IOption.IsValueOptional => false;

    bool IOption.IsValue(string word) => true;

    internal OptionProperty? Property { get; init; }

    /// <summary>Gets the default of a tac file parameter, which has no options class; null if there is no default.</summary>
    internal string? DefaultText { get; init; }

    /// <summary>Returns the text for the default in the help, or null if there is no default.</summary>
    /// <param name="options">The object that <see cref="OptionTable.CreateOptions"/> returned, or null for a parameter of a tac file.</param>
    public string? DefaultIn(object? options) => options is null ? DefaultText : Property?.DefaultText(options);

    internal static OptionDescription Of(OptionAttribute option, OptionValues values, OptionProperty? property, string? defaultText = null) => new()
    {
        Name = option.Name,
        Letter = option.Letter == '\0' ? null : option.Letter,
        ValueName = values.IsFlag ? null : option.ValueName ?? values.Kind.ValueName,
        Description = option.Description,
        Expected = values.Expected,
        Choices = values.IsFlag ? [] : values.Choices,
        Repeats = values.IsList,
        Required = option.Required,
        IsFlag = values.IsFlag,
        EnvironmentVariable = option.EnvironmentVariable,
        Property = property,
        DefaultText = defaultText,
    };
}
