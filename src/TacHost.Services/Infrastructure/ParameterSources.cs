namespace TacHost.Services.Infrastructure;

/// <summary>The external values for the parameters of a tac file, and the arguments for the tac file itself.</summary>
public sealed class ParameterSources
{
    /// <summary>Gets the arguments after the tac file: options, then <c>--</c>, then further arguments. Defaults to none.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Gets the additional values, as <c>NAME=VALUE</c>. Defaults to none.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Gets the values of the file of values, each with its file and line. Defaults to none.</summary>
    public IReadOnlyList<ParameterValue> FileValues { get; init; } = [];

    /// <summary>Gets the directory where relative paths start, or null for the current one.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets whether a word is an option that goes before the tac file, for a better message. Defaults to none.</summary>
    public Func<string, bool> IsOptionBefore { get; init; } = _ => false;

    /// <summary>Gets whether a name is a parameter of another tac file for which the same <see cref="Settings"/> and environment are meant. Defaults to none.</summary>
    public Func<string, bool> IsOfAnotherFile { get; init; } = _ => false;

    /// <summary>Gets whether the file of values is meant for several tac files, too. Defaults to false.</summary>
    public bool SharesFileValues { get; init; }

    /// <summary>Gets whether the parameters are only listed: nothing is required then. Defaults to false.</summary>
    public bool OnlyList { get; init; }
}
