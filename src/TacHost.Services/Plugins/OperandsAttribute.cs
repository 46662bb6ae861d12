namespace TacHost.Services.Plugins;

/// <summary>
/// Declares a property for the operands, the arguments after the options. A list property receives
/// all of them, any other property one. Without this attribute, operands are an error.
/// </summary>
/// <remarks>Option parsing stops at the first operand, so that later operands may begin with a dash.</remarks>
/// <param name="valueName">The name of an operand in the help, such as <c>COMMAND</c>.</param>
/// <param name="description">The purpose of the operands.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OperandsAttribute(string valueName, string description) : Attribute
{
    /// <summary>Gets the name of an operand in the help.</summary>
    public string ValueName { get; } = valueName;

    /// <summary>Gets the purpose of the operands.</summary>
    public string Description { get; } = description;

    /// <summary>Gets whether at least one operand is required. Defaults to false.</summary>
    public bool Required { get; init; }
}
