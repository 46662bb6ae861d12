using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>What a command line asks the host to do.</summary>
internal abstract record HostRequest
{
    private const string OutOption = "--out";

    private static readonly string[] _shells = ["bash", "zsh", "fish"];

    /// <summary>The words that stand for something the host does itself, so that no plugin can have them for a name.</summary>
    public static IReadOnlyList<string> Commands { get; } = ["compile", "completion", "manpage", "plugins"];

    private HostRequest()
    {
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="TacHostException">It is wrong.</exception>
    public static HostRequest Read(string[] arguments)
    {
        if (arguments.Length == 0)
            return new ShowHelp(ForHelp(new HostOptions()));
        var (options, operands) = HostCommandLine.Read(arguments);
        if (operands is ["", ..])
            throw Usage("'' cannot be the tac file, which is the path of one.");
        if (options.Help)
            return new ShowHelp(ForHelp(options));
        if (options.Version)
            return new ShowVersion();
        return (options.TacFile, operands) switch
        {
            (null, ["compile", .. var words]) => Compilation(options, words),
            (null, ["completion", .. var rest]) => rest is [var shell] && _shells.Contains(shell) ? new ShowCompletion(shell) : throw Usage($"name one shell to complete for: tachost completion {string.Join('|', _shells)}."),
            (null, ["manpage"]) => new ShowManPage(ForHelp(options), null),
            (null, ["manpage", var plugin]) => new ShowManPage(ForHelp(options), plugin),
            (null, ["plugins", .. var rest]) => Plugins(options, rest),
            (null, []) => throw Usage("which tac file or plugin is to run? Name one, such as deployments/ecstasy.csx."),
            (null, [var plugin, .. var words]) when MayBePlugin(plugin) => new Run(Completed(options with { Plugin = plugin, PluginWords = words })),
            (null, [_, ['-', ..] late, ..]) => throw Usage($"options go before the tac file, and '{late}' comes after it."),
            (null, [var tac, var extra, ..]) => throw Usage($"one tac file at a time: '{extra}' comes after '{tac}'."),
            (null, [var tac]) => new Run(Completed(options with { TacFile = tac })),
            (_, []) => new Run(Completed(options)),
            var (tac, extra) => throw Usage($"one tac file at a time: '{extra[0]}' comes after '--csx {tac}'."),
        };
    }

    private static Compile Compilation(HostOptions options, string[] words)
    {
        List<string> files = [];
        string? directory = null;
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == OutOption && i + 1 < words.Length)
                directory = FullPath(words[++i], OutOption);
            else if (words[i].StartsWith(OutOption + "=", StringComparison.Ordinal))
                directory = FullPath(words[i][(OutOption.Length + 1)..], OutOption);
            else if (words[i].StartsWith('-'))
                throw Usage($"'{words[i]}' is nothing that tachost compile takes: tachost compile FILE… [{OutOption} DIR].");
            else
                files.Add(words[i]);
        }

        return files.Count > 0 ? new Compile(ForHelp(options), files, directory) : throw Usage($"name what is to be compiled: tachost compile FILE… [{OutOption} DIR].");
    }

    private static ShowPlugins Plugins(HostOptions options, string[] words) => words switch
    {
        [] => new ShowPlugins(ForHelp(options), PluginQuestion.List, null),
        ["--names"] => new ShowPlugins(ForHelp(options), PluginQuestion.Names, null),
        ["--why", var name] => new ShowPlugins(ForHelp(options), PluginQuestion.Why, name),
        ["--options", var name] => new ShowPlugins(ForHelp(options), PluginQuestion.Options, name),
        _ => throw Usage("ask for the list, tachost plugins, or for one: tachost plugins --why NAME."),
    };

    /// <summary>A word is a tac file if it ends in .csx, has a '/' in it or is the name of a file that is there; otherwise it can be a plugin's name.</summary>
    private static bool MayBePlugin(string word) =>
        char.IsAsciiLetter(word[0]) && word.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') && !File.Exists(word);

    /// <summary>Without what matters only to a run, and might be wrong with it.</summary>
    private static HostOptions ForHelp(HostOptions options) =>
        Completed(options with { NoDaemon = true, LogFile = null, SyslogTarget = null, PidFile = null });

    /// <summary>Fills in what depends on several options at once.</summary>
    private static HostOptions Completed(HostOptions options)
    {
        var logFile = options.LogFile ?? (options.NoDaemon ? "-" : "tachost.log");
        var elsewhere = options.SyslogTarget is not null || options.Log.LoggerType is not null;
        if (options.LogFile == "-" && !options.NoDaemon && !elsewhere)
            throw Usage("a daemon has no standard output to log to; name a file with --logfile, or add --nodaemon.");
        var pidFile = options.PidFile is { } name ? FullPath(name, "--pidfile") : null;
        List<string> searchDirectories = [.. options.Libraries];
        foreach (var directory in (Environment.GetEnvironmentVariable("TACHOST_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            searchDirectories.Add(Path.GetFullPath(directory));
        searchDirectories.Add(AppContext.BaseDirectory);
        return options with
        {
            PidFile = pidFile,
            SearchDirectories = searchDirectories,
            Log = options.Log with
            {
                File = elsewhere || logFile == "-" ? null : FullPath(logFile, "--logfile"),
                Syslog = options.SyslogTarget is null ? null : SyslogOptions.Parse(options.SyslogTarget, options.SyslogPrefix, options.SyslogFacility),
                LoggerDirectories = searchDirectories,
                TakesStandardStreams = !options.NoDaemon,
            },
        };
    }

    private static string FullPath(string path, string option)
    {
        try
        {
            return OptionValue.FullPath(path);
        }
        catch (BadValueException e)
        {
            throw Usage($"'{path}' cannot be the {option}, which is {e.Message}.");
        }
    }

    private static TacHostException Usage(string message) => new(TacHost.ExitCode.Usage, OneLine.Of(message));

    public sealed record ShowHelp(HostOptions Options) : HostRequest;

    public sealed record ShowVersion : HostRequest;

    public sealed record ShowCompletion(string Shell) : HostRequest;

    public sealed record Compile(HostOptions Options, IReadOnlyList<string> Files, string? Directory) : HostRequest;

    public sealed record ShowManPage(HostOptions Options, string? Plugin) : HostRequest;

    public sealed record ShowPlugins(HostOptions Options, PluginQuestion Question, string? Name) : HostRequest;

    public sealed record Run(HostOptions Options) : HostRequest;
}
