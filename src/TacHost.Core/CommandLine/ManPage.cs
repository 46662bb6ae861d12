using System.Text;

namespace TacHost.CommandLine;

/// <summary>The man page <c>tachost.1</c>, in the macros of man(7).</summary>
internal static class ManPage
{
    public static string Make()
    {
        var text = new StringBuilder();
        text.Append(".TH TACHOST 1 \"\" \"tachost ").Append(HostVersion.Text).Append("\" \"User Commands\"\n");
        text.Append(".SH NAME\ntachost \\- run a tac file, a C# script that describes services, or a plugin as a daemon\n");
        text.Append(".SH SYNOPSIS\n.B tachost\n[options] FILE [parameters]\n.br\n.B tachost\n[options] NAME [plugin options]\n.br\n.B tachost\n").Append(string.Join(" | ", HostCommands.Names)).Append(" ...\n");
        text.Append(".SH DESCRIPTION\n").Append(Escaped(CommandLineReference.Summary)).Append('\n');
        foreach (var (command, meaning) in CommandLineReference.Examples)
            AppendExample(text, command, meaning);
        text.Append(".SH OPTIONS\n");
        foreach (var group in HostCommandLine.Groups)
        {
            text.Append(".SS ").Append(group.Title).Append('\n');
            foreach (var option in group.Options)
                AppendTerm(text, HelpText.Names(option).Trim(), HelpText.Description(option));
            AppendExample(text, group.Example, group.ExampleMeaning);
        }

        AppendTable(text, "COMMANDS", CommandLineReference.Commands);
        text.Append(".PP\n").Append(Escaped(CommandLineReference.Paths)).Append('\n');
        AppendTable(text, "EXIT STATUS", CommandLineReference.ExitCodes);
        AppendTable(text, "SIGNALS", CommandLineReference.Signals);
        AppendTable(text, "FILES", CommandLineReference.Files);
        AppendTable(text, "ENVIRONMENT", CommandLineReference.Variables);
        text.Append(".SH SEE ALSO\n.BR systemd.service (5),\n.BR logrotate (8),\n.BR twistd (1)\n");
        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, string title, IReadOnlyList<(string Term, string Meaning)> rows)
    {
        text.Append(".SH ").Append(title).Append('\n');
        foreach (var (term, meaning) in rows)
            AppendTerm(text, term, meaning);
    }

    public static void AppendTerm(StringBuilder text, string term, string meaning) =>
        text.Append(".TP\n.B ").Append(Escaped(term)).Append('\n').Append(Escaped(meaning)).Append('\n');

    private static void AppendExample(StringBuilder text, string command, string meaning) =>
        text.Append(".PP\n.RS\n.nf\n").Append(Escaped(command)).Append("\n.fi\n.RE\n.PP\n").Append(Escaped(meaning)).Append(".\n");

    /// <summary>Backslashes and dashes are special, and so are dots and quotes at the beginning of a line.</summary>
    public static string Escaped(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("~", "\\(ti", StringComparison.Ordinal);
        return escaped is ['.' or '\'', ..] ? "\\&" + escaped : escaped;
    }
}
