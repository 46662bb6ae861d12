namespace TacHost.Services.Plugins;

/// <summary>The result of parsing a command line.</summary>
/// <param name="Options">The validated options, or null if the command line requests information instead.</param>
/// <param name="Query">The requested information.</param>
/// <param name="Table">The table of the innermost given sub-command, or of the command itself.</param>
/// <param name="Command">The command, including its sub-commands.</param>
public sealed record OptionReading(object? Options, OptionQuery Query, OptionTable Table, string Command);
