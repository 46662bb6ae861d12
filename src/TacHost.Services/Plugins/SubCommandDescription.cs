namespace TacHost.Services.Plugins;

/// <summary>A sub-command as help, completion and man page see it.</summary>
/// <param name="Name">The word.</param>
/// <param name="Description">What it does.</param>
/// <param name="Table">Its options.</param>
public sealed record SubCommandDescription(string Name, string Description, OptionTable Table);
