namespace TacHost;

/// <summary>The form of an option on a command line.</summary>
internal interface IOption
{
    string LongName { get; }

    /// <summary>Gets an alternative long name, with its dashes, or null.</summary>
    string? Alias { get; }

    char? Letter { get; }

    /// <summary>Gets the name of the value in messages, or null for a flag.</summary>
    string? ValueName { get; }

    /// <summary>Gets whether <c>--no-NAME</c> is allowed, which gives the value <c>no</c>.</summary>
    bool HasOpposite { get; }

    bool IsValueOptional { get; }

    /// <summary>Returns whether the next word is the value of an option whose value may be left out.</summary>
    bool IsValue(string word);
}
