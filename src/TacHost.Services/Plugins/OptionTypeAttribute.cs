namespace TacHost.Services.Plugins;

/// <summary>Says of a type of option values what they are called and what they look like, for the help and for errors.</summary>
/// <param name="valueName">What a value is called in the help, such as <c>PORT</c>.</param>
/// <param name="expected">What it is, to follow "which is", such as <c>a port between 0 and 65535</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class OptionTypeAttribute(string valueName, string expected) : Attribute
{
    /// <summary>What a value is called in the help.</summary>
    public string ValueName { get; } = valueName;

    /// <summary>What it is, to follow "which is".</summary>
    public string Expected { get; } = expected;
}
