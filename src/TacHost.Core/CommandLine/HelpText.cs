using System.Globalization;
using System.Text;

namespace TacHost.CommandLine;

/// <summary>The text of <c>--help</c>.</summary>
internal static class HelpText
{
    public const int OptionColumn = 26;
    public const int TermColumn = 20;
    private const int Width = 100;
    private static readonly string[] _common = ["new", "check", "ps", "reload", "stop"];

    /// <summary>Returns the text of <c>tachost</c> without arguments.</summary>
    public static string Short()
    {
        var text = new StringBuilder($"Usage: {CommandLineReference.Synopsis}\n\n");
        foreach (var (command, meaning) in CommandLineReference.Examples)
            AppendExample(text, command, meaning);
        text.Append("\nCommon commands:\n");
        foreach (var name in _common)
            AppendRow(text, HostCommands.Find(name)!.Synopsis, HostCommands.Find(name)!.Description, TermColumn);
        return text.Append("\n'tachost --help' lists all commands, plugins and options.\n").ToString();
    }

    /// <param name="plugins">The rows of the plugins, or an empty string.</param>
    public static string Make(string plugins)
    {
        var text = new StringBuilder($"Usage: {CommandLineReference.Synopsis}\n\n");
        AppendWrapped(text, CommandLineReference.Summary, 0, 0);
        text.Append('\n');
        foreach (var (command, meaning) in CommandLineReference.Examples)
            AppendExample(text, command, meaning);
        text.Append("\nPlugins:\n").Append(plugins);
        text.Append("\nCommands:\n");
        foreach (var (command, meaning) in CommandLineReference.Commands)
            AppendRow(text, command, meaning, TermColumn);
        foreach (var group in HostCommandLine.Groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{group.Title}:\n");
            foreach (var option in group.Options)
                AppendRow(text, Names(option), Description(option), OptionColumn);
            text.Append('\n');
            AppendExample(text, group.Example, group.ExampleMeaning);
        }

        text.Append('\n');
        AppendWrapped(text, CommandLineReference.Paths, 0, 0);
        AppendTable(text, "Exit codes", CommandLineReference.ExitCodes);
        AppendTable(text, "Signals", CommandLineReference.Signals);
        AppendTable(text, "Files", CommandLineReference.Files);
        AppendTable(text, "Environment", CommandLineReference.Variables);
        return text.ToString();
    }

    /// <summary>Returns the names of an option, such as <c>-l, --logfile FILE</c>.</summary>
    public static string Names(Option option)
    {
        var value = option.ValueName is null ? "" : option.IsValueOptional ? $" [{option.ValueName}]" : $" {option.ValueName}";
        return $"{(option.Short is { } letter ? $"-{letter}, " : "    ")}{option.Name}{value}";
    }

    public static string Description(Option option) =>
        option.Default is null ? option.Description : $"{option.Description} Default: {option.Default}.";

    private static void AppendTable(StringBuilder text, string title, IReadOnlyList<(string Term, string Meaning)> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{title}:\n");
        foreach (var (term, meaning) in rows)
            AppendRow(text, term, meaning, TermColumn);
    }

    private static void AppendExample(StringBuilder text, string command, string meaning) =>
        text.Append(CultureInfo.InvariantCulture, $"  {command}\n      {meaning}\n");

    public static void AppendRow(StringBuilder text, string term, string meaning, int column)
    {
        var isTooLong = term.Length > column - 4;
        AppendTerm(text, term);
        text.Append(isTooLong ? "\n" : new string(' ', column - 2 - term.Length));
        AppendWrapped(text, meaning, column, isTooLong ? 0 : column);
    }

    /// <summary>Appends a term, wrapped before a bracket if it is wider than a line.</summary>
    private static void AppendTerm(StringBuilder text, string term)
    {
        const int indent = 2, furtherIndent = 6;
        text.Append(' ', indent);
        var filled = indent;
        while (filled + term.Length > Width && term.LastIndexOf(" [", Width - filled, StringComparison.Ordinal) is > 0 and var end)
        {
            text.Append(term, 0, end).Append('\n').Append(' ', furtherIndent);
            term = term[(end + 1)..];
            filled = furtherIndent;
        }

        text.Append(term);
    }

    /// <summary>Appends wrapped words with an indentation, starting on a line that is already filled up to a column.</summary>
    public static void AppendWrapped(StringBuilder text, string words, int indent, int filled)
    {
        if (filled < indent)
        {
            text.Append(' ', indent - filled);
            filled = indent;
        }

        var separator = "";
        foreach (var word in words.Split(' '))
        {
            if (separator.Length > 0 && filled + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', indent);
                filled = indent;
                separator = "";
            }

            text.Append(separator).Append(word);
            filled += separator.Length + word.Length;
            separator = " ";
        }

        text.Append('\n');
    }
}
