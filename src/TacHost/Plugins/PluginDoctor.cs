using System.Globalization;
using System.Text;
using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>What <c>tachost plugins --why NAME</c> prints: where the name was looked for, what was seen, and what came of it. Takes nothing from an index.</summary>
internal static class PluginDoctor
{
    /// <summary>The text, and the exit code: 0 if the plugin can be run.</summary>
    public static (string Text, int ExitCode) Explain(string name, PluginCatalog catalog, HostOptions options, Func<string, IReadOnlyList<string>, CompiledScript> compile)
    {
        var all = catalog.All(isFresh: true);
        StringBuilder text = new($"'{OneLine.Of(name)}' is looked for in these directories, in this order:\n");
        foreach (var directory in catalog.Directories)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {OneLine.Of(directory.Path)} ({directory.Origin})\n");
            if (directory.WhyNot is { } whyNot)
            {
                text.Append(CultureInfo.InvariantCulture, $"      not looked at: {whyNot}\n");
                continue;
            }

            foreach (var file in catalog.Files(directory))
                text.Append(CultureInfo.InvariantCulture, $"      {OneLine.Of(file.Name)}: {Summary(file, name, all)}\n");
        }

        foreach (var notice in catalog.Notices)
            text.Append(OneLine.Printable(notice)).Append('\n');
        var (verdict, code) = Verdict(name, all, catalog, options, compile);
        return (text.Append('\n').Append(OneLine.Printable(verdict)).Append('\n').ToString(), code);
    }

    private static string Summary(PluginFile file, string name, IReadOnlyList<PluginEntry> all)
    {
        if (file.Plugins.Count == 0)
            return file.Error is null ? "a library, no plugin in it" : "broken";
        return string.Join(", ", file.Plugins.Select(plugin => plugin.Name == name
            ? $"'{plugin.Name}', {all.First(entry => entry.File == file && entry.Plugin == plugin || (entry.Plugin?.TypeName == plugin.TypeName && entry.File.Stamp == file.Stamp && entry.File.Name == file.Name)).State}"
            : $"'{plugin.Name}'"));
    }

    private static (string, int) Verdict(string name, IReadOnlyList<PluginEntry> all, PluginCatalog catalog, HostOptions options, Func<string, IReadOnlyList<string>, CompiledScript> compile)
    {
        var named = all.Where(entry => entry.Name == name).ToList();
        StringBuilder text = new();
        foreach (var broken in named.Where(entry => entry.Error is not null))
            text.Append(CultureInfo.InvariantCulture, $"{broken.Path} is broken: {broken.Error}\n");
        foreach (var shadowed in named.Where(entry => entry is { Error: null, ShadowedBy: not null }))
            text.Append(CultureInfo.InvariantCulture, $"{shadowed.Path} is shadowed by {shadowed.ShadowedBy}, which comes first.\n");
        if (named.FirstOrDefault(entry => entry.IsUsable) is not { } usable)
        {
            if (named.Count == 0)
                text.Append(CultureInfo.InvariantCulture, $"There is no plugin '{name}'.{(NearestWord.To(name, all.Select(entry => entry.Name).Distinct()) is { } nearest ? $" Did you mean '{nearest}'?" : "")}");
            return (text.ToString().TrimEnd(), named.Count == 0 ? ExitCode.Usage : ExitCode.BadTac);
        }

        try
        {
            var asking = options with { Words = ["--help"] };
            PluginRecipe.Prepare(usable, catalog, asking, compile);
            text.Append(CultureInfo.InvariantCulture, $"'{name}' is {usable.Path}, and can be run: its service maker and its options could be made.");
            return (text.ToString(), ExitCode.Success);
        }
        catch (TacHostException e)
        {
            text.Append(CultureInfo.InvariantCulture, $"'{name}' is {usable.Path}, and cannot be run: {e.TextWith(trace: true)}");
            return (text.ToString(), e.ExitCode);
        }
    }
}
