namespace TacHost.Services;

/// <summary>The values that the parameters of a tac file are given from outside, and the words for the tac file itself.</summary>
public sealed class ParameterSources
{
    /// <summary>Gets the words after the tac file: options, then <c>--</c>, then the arguments. Defaults to none.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Gets what stands beside the words, as <c>NAME=VALUE</c>. Defaults to nothing.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Gets the values of the file of values, each with the place it stands in. Defaults to none.</summary>
    public IReadOnlyList<ParameterValue> FileValues { get; init; } = [];

    /// <summary>Gets the directory where relative paths start, or null for the current one.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets whether a word is an option that goes before the tac file, for a better message. Defaults to none.</summary>
    public Func<string, bool> IsOptionBefore { get; init; } = _ => false;

    /// <summary>Gets whether the parameters are only listed: nothing is required then. Defaults to false.</summary>
    public bool OnlyList { get; init; }
}

/// <summary>A value in a file of values.</summary>
/// <param name="name">The name of the parameter.</param>
/// <param name="texts">The value; several for a list.</param>
/// <param name="place">Where it stands, such as <c>poetry.values.json</c>.</param>
public sealed class ParameterValue(string name, IReadOnlyList<string> texts, string place)
{
    /// <summary>Gets the name of the parameter.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the value; several texts for a list.</summary>
    public IReadOnlyList<string> Texts { get; } = texts;

    /// <summary>Gets where it stands.</summary>
    public string Place { get; } = place;
}
