using System.Globalization;
using System.Text;
using TacHost.CommandLine;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Plugins;

/// <summary>The help and the man page of a plugin, generated from its option table.</summary>
internal static class PluginHelp
{
    /// <summary>Returns the output of <c>tachost NAME --help</c>.</summary>
    public static string Make(OptionReading reading, string description, object defaults)
    {
        var table = reading.Table;
        StringBuilder text = new($"Usage: {Synopsis(reading.Command, table)}\n\n");
        HelpText.AppendWrapped(text, description, 0, 0);
        text.Append("\nOptions:\n");
        foreach (var option in table.Options)
            HelpText.AppendRow(text, Names(option), Description(option, defaults), HelpText.OptionColumn);
        if (table.Operands is { } operands)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{operands.ValueName}:\n");
            HelpText.AppendRow(text, operands.ValueName, operands.Description, HelpText.OptionColumn);
        }

        if (table.SubCommands.Count > 0)
        {
            text.Append("\nCommands:\n");
            foreach (var subCommand in table.SubCommands)
                HelpText.AppendRow(text, subCommand.Name, subCommand.Description, HelpText.OptionColumn);
        }

        text.Append('\n');
        HelpText.AppendWrapped(text, "Options of the host, such as --nodaemon, --pidfile and --uid, go before the name: see tachost --help.", 0, 0);
        return text.ToString();
    }

    /// <summary>Returns a synopsis such as <c>tachost [host options] ftp [options]</c>.</summary>
    public static string Synopsis(string command, OptionTable table)
    {
        var words = command.Split(' ', 2);
        StringBuilder text = new($"{words[0]} [host options]");
        if (words.Length > 1)
            text.Append(' ').Append(words[1]);
        foreach (var option in table.Options.Where(option => option.Required && option.EnvironmentVariable is null))
            text.Append(CultureInfo.InvariantCulture, $" --{option.Name} {option.ValueName}");
        text.Append(" [options]");
        if (table.Operands is { } operands)
        {
            var word = operands.Repeats ? operands.ValueName + " …" : operands.ValueName;
            text.Append(' ').Append(operands.Required ? word : $"[{word}]");
        }

        return text.Append(table.SubCommands.Count > 0 ? " [COMMAND …]" : "").ToString();
    }

    /// <summary>Returns the names of an option, such as <c>-p, --port PORT</c>.</summary>
    public static string Names(OptionDescription option) =>
        $"{(option.Letter is { } letter ? $"-{letter}, " : "    ")}--{option.Name}{(option.ValueName is null ? "" : $" {option.ValueName}")}";

    public static string Description(OptionDescription option, object? defaults)
    {
        StringBuilder text = new(option.Description);
        text[0] = char.ToUpperInvariant(text[0]);
        if (text[^1] is not ('.' or '!' or '?'))
            text.Append('.');
        if (option.Choices.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $" One of {string.Join(", ", option.Choices)}.");
        if (option.Repeats)
            text.Append(" May be repeated.");
        if (option.Required)
            text.Append(" Required.");
        if (option.DefaultIn(defaults) is { } value)
            text.Append(CultureInfo.InvariantCulture, $" Default: {value}{(option.IsFlag && value == "on" ? $"; --no-{option.Name} turns it off" : "")}.");
        if (option.EnvironmentVariable is { } variable)
            text.Append(CultureInfo.InvariantCulture, $" Environment: {variable}.");
        return text.ToString();
    }
}
