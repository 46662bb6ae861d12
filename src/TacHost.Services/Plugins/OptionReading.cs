namespace TacHost.Services.Plugins;

/// <summary>What a command line says.</summary>
/// <param name="Options">The options, read and checked; null if it asks something instead.</param>
/// <param name="Query">What it asks instead.</param>
/// <param name="Table">The table of the innermost sub-command that is named, otherwise that of the command itself.</param>
/// <param name="Command">The words before its options, sub-commands included.</param>
public sealed record OptionReading(object? Options, OptionQuery Query, OptionTable Table, string Command);
