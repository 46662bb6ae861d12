namespace TacHost.Services.Plugins;

/// <summary>Makes a property take the words after the options: all of them if it is a list, otherwise one. Without one, such words are a mistake.</summary>
/// <remarks>Options end at the first such word, so that words which begin with a dash can follow it.</remarks>
/// <param name="valueName">What a word is called in the help, such as <c>COMMAND</c>.</param>
/// <param name="description">What they are for.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OperandsAttribute(string valueName, string description) : Attribute
{
    /// <summary>What a word is called in the help.</summary>
    public string ValueName { get; } = valueName;

    /// <summary>What they are for.</summary>
    public string Description { get; } = description;

    /// <summary>Whether there must be at least one. Defaults to false.</summary>
    public bool Required { get; init; }
}
