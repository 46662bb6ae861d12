namespace TacHost.CommandLine;

/// <summary>One option: what it is called, what it takes, and what it does to the options as a whole.</summary>
/// <param name="Name">The long name, with its dashes.</param>
/// <param name="Short">The short name, if there is one.</param>
/// <param name="ValueName">What its value is called in the help, or null for a flag.</param>
/// <param name="Description">A sentence or two.</param>
/// <param name="Apply">Takes the value in; an empty one for a flag. Throws <see cref="BadValueException"/> for one that cannot be.</param>
internal sealed record Option(string Name, char? Short, string? ValueName, string Description, Func<HostOptions, string, HostOptions> Apply)
{
    /// <summary>The words it takes, if these are the only ones.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What holds without it, for the help.</summary>
    public string? Default { get; init; }

    /// <summary>Whether the value may be left out; it is then taken from the next word only if <see cref="IsValue"/> says so.</summary>
    public bool IsValueOptional { get; init; }

    /// <summary>Whether a word is meant to be the value of an option whose value may be left out.</summary>
    public Func<string, bool> IsValue { get; init; } = _ => false;

    /// <summary>Another long name, which the help does not list.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether help and completion leave it out, because it is for programs.</summary>
    public bool IsHidden { get; init; }

    public bool TakesValue => ValueName is not null;
}

/// <summary>Options that belong together, with an example of their use.</summary>
internal sealed record OptionGroup(string Title, Option[] Options, string Example, string ExampleMeaning);
