namespace TacHost.Services.Plugins;

/// <summary>Declares a property as a sub-command. Its type is another options class. The first operand selects the sub-command, and the arguments after it are its options.</summary>
/// <remarks>
/// The property is null unless the word is given. At most one sub-command is set. Ported from <c>twisted.python.usage.Options.subCommands</c>.
/// </remarks>
/// <param name="name">The word.</param>
/// <param name="description">The purpose, as shown in the help.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SubCommandAttribute(string name, string description) : Attribute
{
    /// <summary>Gets the word.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the purpose, as shown in the help.</summary>
    public string Description { get; } = description;
}
