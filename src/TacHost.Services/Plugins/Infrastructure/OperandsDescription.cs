namespace TacHost.Services.Plugins.Infrastructure;

/// <summary>The description of the operands for help, completion and man page.</summary>
public sealed class OperandsDescription
{
    internal OperandsDescription(string valueName, string description, bool repeats, bool required) =>
        (ValueName, Description, Repeats, Required) = (valueName, description, repeats, required);

    /// <summary>Gets the name of an operand.</summary>
    public string ValueName { get; }

    /// <summary>Gets the purpose.</summary>
    public string Description { get; }

    /// <summary>Gets whether several operands are allowed.</summary>
    public bool Repeats { get; }

    /// <summary>Gets whether an operand is required.</summary>
    public bool Required { get; }
}
