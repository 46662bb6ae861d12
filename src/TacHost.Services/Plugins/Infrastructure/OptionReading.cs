namespace TacHost.Services.Plugins.Infrastructure;

/// <summary>The result of parsing a command line.</summary>
public sealed class OptionReading
{
    internal OptionReading(object? options, OptionQuery query, OptionTable table, string command) =>
        (Options, Query, Table, Command) = (options, query, table, command);

    /// <summary>Gets the validated options, or null if the command line requests information instead.</summary>
    public object? Options { get; }

    /// <summary>Gets the requested information.</summary>
    public OptionQuery Query { get; }

    /// <summary>Gets the table of the innermost given sub-command, or of the command itself.</summary>
    public OptionTable Table { get; }

    /// <summary>Gets the command, including its sub-commands.</summary>
    public string Command { get; }
}
