using System.Text;
using TacHost.CommandLine;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Plugins;

/// <summary>The man page of a plugin, <c>tachost manpage NAME</c>, in the macros of man(7).</summary>
internal static class PluginManPage
{
    public static string Make(OptionReading reading, string description, object defaults)
    {
        var name = reading.Command.Replace(' ', '-');
        StringBuilder text = new($".TH {name.ToUpperInvariant()} 1 \"\" \"tachost {HostVersion.Text}\" \"User Commands\"\n");
        text.Append(".SH NAME\n").Append(ManPage.Escaped(name)).Append(" \\- ").Append(ManPage.Escaped(description.TrimEnd('.'))).Append('\n');
        text.Append(".SH SYNOPSIS\n").Append(ManPage.Escaped(PluginHelp.Synopsis(reading.Command, reading.Table))).Append('\n');
        AppendTable(text, reading.Table, defaults);
        foreach (var subCommand in reading.Table.SubCommands)
        {
            text.Append(".SH COMMAND ").Append(ManPage.Escaped(subCommand.Name)).Append('\n').Append(ManPage.Escaped(subCommand.Description)).Append('\n');
            AppendTable(text, subCommand.Table, subCommand.Table.CreateOptions());
        }

        return text.Append(".SH SEE ALSO\n.BR tachost (1)\n").ToString();
    }

    private static void AppendTable(StringBuilder text, OptionTable table, object defaults)
    {
        text.Append(".SH OPTIONS\n");
        foreach (var option in table.Options)
            ManPage.AppendTerm(text, PluginHelp.Names(option).Trim(), PluginHelp.Description(option, defaults));
        if (table.Operands is { } operands)
            ManPage.AppendTerm(text, operands.ValueName, operands.Description);
    }
}
