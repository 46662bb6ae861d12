namespace TacHost.Services.Plugins;

/// <summary>Makes a property, whose type is an options class again, a sub-command: the word selects it and what follows are its options.</summary>
/// <remarks>The property is null unless its word was given; of several, one at most is set. Ported from <c>twisted.python.usage.Options.subCommands</c>.</remarks>
/// <param name="name">The word.</param>
/// <param name="description">What it does, as the help says it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SubCommandAttribute(string name, string description) : Attribute
{
    /// <summary>The word.</summary>
    public string Name { get; } = name;

    /// <summary>What it does.</summary>
    public string Description { get; } = description;
}
