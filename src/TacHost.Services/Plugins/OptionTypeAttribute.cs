namespace TacHost.Services.Plugins;

/// <summary>Specifies the name and the description of values of an option type, for help and errors.</summary>
/// <param name="valueName">The name of a value in the help, such as <c>PORT</c>.</param>
/// <param name="expected">The description of a valid value, to follow "which is", such as <c>a port between 0 and 65535</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class OptionTypeAttribute(string valueName, string expected) : Attribute
{
    /// <summary>Gets the name of a value in the help.</summary>
    public string ValueName { get; } = valueName;

    /// <summary>Gets the description of a valid value, to follow "which is".</summary>
    public string Expected { get; } = expected;
}
