using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins;

/// <summary>An option as help, completion and man page see it.</summary>
public sealed class OptionDescription
{
    internal OptionDescription()
    {
    }

    /// <summary>The long name, without dashes.</summary>
    public required string Name { get; init; }

    /// <summary>The short name, or null.</summary>
    public char? Letter { get; init; }

    /// <summary>What its value is called, or null for a flag.</summary>
    public string? ValueName { get; init; }

    /// <summary>What it does.</summary>
    public required string Description { get; init; }

    /// <summary>What a value is, to follow "which is".</summary>
    public string Expected { get; init; } = "";

    /// <summary>The only words it takes; empty if there are others.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether it may be given several times, each time with one more value.</summary>
    public bool Repeats { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool Required { get; init; }

    /// <summary>Whether <c>--no-NAME</c> turns it off.</summary>
    public bool IsFlag { get; init; }

    /// <summary>The environment variable that counts when it is not given, or null.</summary>
    public string? EnvironmentVariable { get; init; }

    internal OptionProperty? Property { get; init; }

    /// <summary>The default of a parameter of a tac file, which has no options class; null if there is none.</summary>
    internal string? DefaultText { get; init; }

    /// <summary>The default, as the help says it; null if there is none.</summary>
    /// <param name="options">What <see cref="OptionTable.CreateOptions"/> made; null for a parameter of a tac file.</param>
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
