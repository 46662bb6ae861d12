using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Plugins;

namespace TacHost;

/// <summary>The commands about plugins. Lends the plugins the compiler, for those that are scripts.</summary>
internal static class PluginCommands
{
    /// <summary>Returns the plugins that the options lead to.</summary>
    public static PluginCatalog Catalog(HostOptions options) => new(options, CompilerOf(options));

    /// <summary>Returns the compiler of plugins that are scripts.</summary>
    public static Func<string, IReadOnlyList<string>, CompiledScript> CompilerOf(HostOptions options) =>
        (path, directories) => TacCommands.Prepare(path, directories, TacCommands.PackagesOf(options), TacCommands.IsForDebugger(options)).Script;

    /// <summary>Returns the text of <c>tachost plugins</c>.</summary>
    public static string Answer(PluginQuery question, string name, HostOptions options) => question switch
    {
        PluginQuery.Names => PluginReport.Names(Catalog(options)),
        PluginQuery.Options => PluginReport.Options(Catalog(options), name),
        _ => PluginReport.List(Catalog(options)),
    };

    /// <summary>Prints the diagnosis of a plugin, and lets the host try to load it.</summary>
    public static int Explain(HostOptions options, string name, string[] args)
    {
        Handover.RequireNone();
        var catalog = Catalog(options);
        var (text, usable, exitCode) = PluginDiagnosis.Explain(name, catalog);
        Terminal.Write(text);
        if (usable is null)
            return exitCode;
        PreparedApplication prepared;
        try
        {
            prepared = PluginPreparation.Of(usable, catalog, CompilerOf(options));
        }
        catch (TacHostException e)
        {
            Terminal.Write(PluginVerdict.CannotRun(usable.Name, usable.Path, e));
            return e.ExitCode;
        }

        return HostExecution.Replace(args, prepared);
    }
}
