namespace TacHost.Services.Plugins;

/// <summary>The words after the options as help, completion and man page see them.</summary>
/// <param name="ValueName">What one is called.</param>
/// <param name="Description">What they are for.</param>
/// <param name="Repeats">Whether there may be several.</param>
/// <param name="Required">Whether there must be one.</param>
public sealed record OperandsDescription(string ValueName, string Description, bool Repeats, bool Required);
