using System.Globalization;
using System.Text;
using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>The output of <c>tachost plugins --why NAME</c>: the searched directories, the found files, and the result. Ignores the indexes.</summary>
internal static class PluginDiagnosis
{
    /// <summary>Returns the text, and the plugin to try, or else the exit code.</summary>
    public static (string Text, PluginEntry? Usable, int ExitCode) Explain(string name, PluginCatalog catalog)
    {
        var all = catalog.All(isFresh: true);
        StringBuilder text = new($"'{SingleLine.Escape(name)}' is looked for in these directories, in this order:\n");
        foreach (var directory in catalog.Directories)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {SingleLine.Escape(directory.Path)} ({directory.Origin})\n");
            if (directory.SkipReason is { } reason)
            {
                text.Append(CultureInfo.InvariantCulture, $"      not searched: {reason}\n");
                continue;
            }

            foreach (var file in catalog.Files(directory))
                text.Append(CultureInfo.InvariantCulture, $"      {SingleLine.Escape(file.Name)}: {Summary(file, name, all)}\n");
        }

        foreach (var notice in catalog.Notices)
            text.Append(SingleLine.EscapeLines(notice)).Append('\n');
        var (findings, usable, code) = Findings(name, all, PluginErrors.ExplainProgram(name, catalog));
        return (text.Append('\n').Append(SingleLine.EscapeLines(findings)).ToString(), usable, code);
    }

    private static string Summary(PluginFile file, string name, IReadOnlyList<PluginEntry> all)
    {
        if (file.Plugins.Count == 0)
            return file.Error is null ? "a library without a plugin" : "broken";
        return string.Join(", ", file.Plugins.Select(plugin => plugin.Name == name
            ? $"'{plugin.Name}', {all.First(entry => entry.File == file && entry.Plugin == plugin || (entry.Plugin?.TypeName == plugin.TypeName && entry.File.Stamp == file.Stamp && entry.File.Name == file.Name)).State}"
            : $"'{plugin.Name}'"));
    }

    private static (string Text, PluginEntry? Usable, int ExitCode) Findings(string name, IReadOnlyList<PluginEntry> all, string? program)
    {
        var named = all.Where(entry => entry.Name == name).ToList();
        StringBuilder text = new();
        foreach (var broken in named.Where(entry => entry.Error is not null))
            text.Append(CultureInfo.InvariantCulture, $"{broken.Path} is broken: {broken.Error}\n");
        foreach (var shadowed in named.Where(entry => entry is { Error: null, ShadowedBy: not null }))
            text.Append(CultureInfo.InvariantCulture, $"{shadowed.Path} is shadowed by {shadowed.ShadowedBy}, which comes first.\n");
        if (named.FirstOrDefault(entry => entry.IsUsable) is { } usable)
            return (text.ToString(), usable, ExitCode.Success);
        if (named.Count == 0)
            text.Append(CultureInfo.InvariantCulture, $"There is no plugin '{name}'{(program is null ? "." : $": {program}")}{(DidYouMean.To(name, all.Select(entry => entry.Name).Distinct()) is { } nearest ? $" Did you mean '{nearest}'?" : "")}");
        return (text.ToString().TrimEnd() + '\n', null, named.Count == 0 ? ExitCode.Usage : ExitCode.BadTac);
    }
}
