using System.Globalization;
using System.Text;
using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>The output of <c>tachost plugins</c>.</summary>
internal static class PluginReport
{
    /// <summary>Returns the usable plugins with their descriptions for the help, or an empty string.</summary>
    public static string ForHelp(PluginCatalog catalog)
    {
        StringBuilder text = new();
        foreach (var entry in catalog.All().Where(entry => entry.IsUsable))
            HelpText.AppendRow(text, entry.Name, SingleLine.Escape(entry.Plugin!.Description), HelpText.TermColumn);
        return text.ToString();
    }

    /// <summary>Returns a table of all plugins with name, version, origin, state and description. The errors of broken plugins follow the table.</summary>
    public static string List(PluginCatalog catalog)
    {
        var all = catalog.All();
        List<string[]> rows = [["NAME", "VERSION", "ORIGIN", "STATE", "DESCRIPTION"]];
        rows.AddRange(all.Select(entry => (string[])[SingleLine.Escape(entry.Name), SingleLine.Escape(entry.Plugin?.Version ?? ""), entry.Directory.Origin, entry.State, SingleLine.Escape(entry.Plugin?.Description ?? "")]));
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => row[column].Length)).ToList();
        StringBuilder text = new();
        foreach (var row in rows)
        {
            StringBuilder line = new();
            for (var column = 0; column < widths.Count; column++)
                line.Append(row[column].PadRight(widths[column] + 2));
            text.Append(line.Append(row[^1]).ToString().TrimEnd()).Append('\n');
        }

        foreach (var entry in all.Where(entry => entry.Error is not null))
            text.Append(CultureInfo.InvariantCulture, $"\n{SingleLine.Escape(entry.Name)} is broken: {SingleLine.EscapeLines(entry.Error!.TrimEnd('.'))}.\n");
        foreach (var notice in catalog.Notices)
            text.Append(CultureInfo.InvariantCulture, $"\n{SingleLine.EscapeLines(notice)}\n");
        return text.ToString();
    }

    /// <summary>Returns the usable plugins for shell completion: one line for each, with name and description separated by a tab.</summary>
    public static string Names(PluginCatalog catalog) =>
        string.Concat(catalog.All().Where(entry => entry.IsUsable).Select(entry => $"{entry.Name}\t{SingleLine.Escape(entry.Plugin!.Description)}\n"));

    /// <summary>
    /// Returns the options of a plugin for shell completion: long name, short name, type, choices and
    /// description, separated by tabs. A dash represents a missing value.
    /// </summary>
    public static string Options(PluginCatalog catalog, string name)
    {
        StringBuilder text = new();
        foreach (var option in catalog.Find(name)?.Plugin!.Options ?? [])
        {
            var isCommand = option.Kind == DeclaredOption.SubCommand;
            text.Append(CultureInfo.InvariantCulture, $"{(isCommand ? "" : "--")}{option.Name}\t{(option.Letter == '\0' ? "-" : $"-{option.Letter}")}\t{option.Kind}\t{(option.Choices.Count == 0 ? "-" : string.Join(' ', option.Choices))}\t{SingleLine.Escape(option.Description)}\n");
        }

        return text.ToString();
    }
}
