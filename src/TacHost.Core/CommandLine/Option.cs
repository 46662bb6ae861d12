namespace TacHost.CommandLine;

/// <summary>A command-line option: its names, its value, and its effect on the options.</summary>
/// <param name="Name">The long name, with its dashes.</param>
/// <param name="Short">The short name, or null.</param>
/// <param name="ValueName">The name of the value in the help, or null for a flag.</param>
/// <param name="Description">The description, a sentence or two.</param>
/// <param name="Apply">Applies the value, which is empty for a flag. Throws <see cref="OptionValueException"/> if the value is invalid.</param>
internal sealed record Option(string Name, char? Short, string? ValueName, string Description, Func<HostOptions, string, HostOptions> Apply) : IOption
{
    /// <summary>Gets the permitted values, or an empty list if any value is permitted.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public string? Default { get; init; }

    /// <summary>Gets whether the value is optional. The next word is then taken as the value only if <see cref="IsValue"/> returns true.</summary>
    public bool IsValueOptional { get; init; }

    /// <summary>Gets a function that returns whether a word is the value of an option with an optional value.</summary>
    public Func<string, bool> IsValue { get; init; } = _ => false;

    /// <summary>Gets an alternative long name, which the help does not list.</summary>
    public string? Alias { get; init; }

    /// <summary>Gets whether help and completion omit the option, because it is for programs.</summary>
    public bool IsHidden { get; init; }

    public bool TakesValue => ValueName is not null;

    string IOption.LongName => Name;

    char? IOption.Letter => Short;

    bool IOption.HasOpposite => false;

    bool IOption.IsValue(string word) => IsValue(word);

    /// <summary>Returns a parser for options of the host.</summary>
    /// <param name="options">The known options.</param>
    /// <param name="help">A sentence that refers to further help.</param>
    public static OptionReader Reader(IReadOnlyList<Option> options, string help = "See tachost --help.") =>
        new(options, help, static message => new TacHostException(ExitCode.Usage, SingleLine.Escape(message)));
}

/// <summary>A group of related options, with an example.</summary>
internal sealed record OptionGroup(string Title, Option[] Options, string Example, string ExampleMeaning);
