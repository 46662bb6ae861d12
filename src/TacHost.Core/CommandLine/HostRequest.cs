using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>A request to the host, parsed from a command line.</summary>
internal abstract record HostRequest
{
    /// <summary>The additional time for which the emperor waits for the end of its deployments beyond their own.</summary>
    public static readonly TimeSpan EmperorMargin = TimeSpan.FromSeconds(5);

    /// <summary>The word before the directory of a group. Only emperors write it.</summary>
    public const string GroupWord = "@group";

    /// <summary>The additional time of a group for the stop of its applications.</summary>
    private static readonly TimeSpan _groupMargin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _longestBoot = TimeSpan.FromDays(1);

    private HostRequest()
    {
    }

    /// <summary>Parses a command line.</summary>
    /// <exception cref="TacHostException">The command line is invalid.</exception>
    public static HostRequest Read(string[] arguments)
    {
        if (arguments.Length == 0)
            return new ShowUsage();
        var (options, operands) = HostCommandLine.Read(arguments);
        if (operands is ["", ..])
            throw Usage("'' is not the path of a tac file.");
        if (options.Help)
            return new ShowHelp(ForHelp(options));
        if (options.Version)
            return new ShowVersion();
        return (options.TacFile, operands) switch
        {
            (null, [var name, .. var words]) when IsWord(name) && HostCommands.Find(name) is { } command => command.Request(options, words),
            (null, []) => throw Usage("there is no tac file or plugin to run. Name one, such as deployments/ecstasy.csx."),
            (null, [GroupWord, var directory]) => new Group(ForGroup(options), directory),
            (null, [var plugin, .. var words]) when MayBePlugin(plugin) => new Run(Completed(options with { Plugin = plugin, Words = words })),
            (null, [var tac, .. var words]) => RunOf(options, tac, words),
            ({ } tac, var words) => RunOf(options, tac, words),
        };
    }

    private static Run RunOf(HostOptions options, string tac, string[] words) => words switch
    {
        [['-', not '-', ..] late, ..] => throw Usage($"options go before the tac file, and '{late}' comes after it."),
        [[not '-', ..] or "" or "-", ..] => throw Usage($"one tac file at a time: '{words[0]}' comes after '{tac}'. Words for the tac file itself go after '--'."),
        _ => new Run(Completed(options with { TacFile = tac, Words = words })),
    };

    /// <summary>
    /// Returns true if a word may be the name of a plugin. A word is a tac file if it ends
    /// with .csx, contains a '/' or is the name of an existing file.
    /// </summary>
    private static bool MayBePlugin(string word) => IsWord(word) && !File.Exists(word);

    private static bool IsWord(string word)
    {
        foreach (var character in word)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
                return false;
        }

        return char.IsAsciiLetter(word[0]);
    }

    /// <summary>Returns the options for the help, without those that only affect a run and may be invalid.</summary>
    public static HostOptions ForHelp(HostOptions options) =>
        Completed(options with { NoDaemon = true, LogFile = null, SyslogTarget = null, PidFile = null });

    /// <summary>Returns the options of an emperor: its files are in the directories of the fleet, and its timeouts cover those of its deployments.</summary>
    /// <exception cref="TacHostException">An option is for deployments that have a place of their own.</exception>
    public static HostOptions ForEmperor(HostOptions options, string directory)
    {
        var fleet = options.Command.Fleet with { Directory = FullPath(directory, "directory of the fleet") };
        if (options.IsPidFileChosen)
            throw Usage($"the pid file of this emperor is '{fleet.EmperorPidFile}', so that there is one emperor for a fleet. Leave --pidfile out, or name another directory with --run.");
        return Completed(options with
        {
            PidFile = fleet.EmperorPidFile,
            IsPidFileChosen = true,
            LogFile = options.LogFile ?? (options.NoDaemon ? null : fleet.EmperorLogFile),
            StartTimeout = _longestBoot,
            Grace = options.Grace + EmperorMargin,
            User = null,
            Group = null,
            Chroot = null,
            RunDirectory = null,
            Command = options.Command with { Fleet = fleet },
        });
    }

    private static HostOptions ForGroup(HostOptions options) => options.Chroot is not null
        ? throw Usage("a group cannot run with --chroot, because its applications start after it. Give each one a process of its own.")
        : Completed(options with { StartTimeout = _longestBoot, Grace = options.Grace + _groupMargin });

    /// <summary>Sets the options that depend on several others.</summary>
    private static HostOptions Completed(HostOptions options)
    {
        var logFile = options.LogFile ?? (options.NoDaemon ? "-" : "tachost.log");
        var elsewhere = options.SyslogTarget is not null || options.Log.LoggerType is not null;
        if (options.LogFile == "-" && !options.NoDaemon && !elsewhere)
            throw Usage("a daemon has no standard output to log to; name a file with --logfile, or add --nodaemon.");
        if (options is { Watch: true, NoDaemon: false })
            throw Usage("--watch is for the foreground; add --nodaemon.");
        if (options is { Watch: true, Chroot: not null })
            throw Usage("a process in a chroot cannot reload, because there is no compiler. Leave out --chroot or --watch.");
        var pidFile = options.PidFile is { } name && (options is not { NoDaemon: true, IsPidFileChosen: false } || DefaultPidFile.IsWritten()) ? FullPath(name, "--pidfile") : null;
        List<string> searchDirectories = [.. options.Libraries];
        foreach (var directory in (Environment.GetEnvironmentVariable("TACHOST_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            searchDirectories.Add(Path.GetFullPath(directory));
        searchDirectories.Add(Installation.HostDirectory);
        return options with
        {
            PidFile = pidFile,
            SearchDirectories = searchDirectories,
            Log = options.Log with
            {
                IsChosen = options.LogFile is not null || elsewhere,
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
        catch (OptionValueException e)
        {
            throw Usage($"{option}: '{path}' is not {e.Message}.");
        }
    }

    private static TacHostException Usage(string message) => new(TacHost.ExitCode.Usage, SingleLine.Escape(message));

    public sealed record ShowHelp(HostOptions Options) : HostRequest;

    public sealed record ShowUsage : HostRequest;

    public sealed record ShowVersion : HostRequest;

    public sealed record ShowCompletion(string Shell) : HostRequest;

    public sealed record Compile(HostOptions Options, IReadOnlyList<string> Files, string? Directory) : HostRequest;

    public sealed record Restore(HostOptions Options, IReadOnlyList<string> Files) : HostRequest;

    public sealed record ShowManPage(HostOptions Options, string? Plugin) : HostRequest;

    public sealed record ListTemplates : HostRequest;

    /// <summary>The request to write projects for editors.</summary>
    public sealed record WriteProjects(HostOptions Options, string Directory) : HostRequest;

    /// <summary>The request to write a first tac file.</summary>
    public sealed record New(string? Template, string Name, bool AsProgram) : HostRequest;

    public sealed record Check(HostOptions Options, IReadOnlyList<string> Files) : HostRequest;

    public sealed record WriteUnit(HostOptions Options, string File) : HostRequest;

    public sealed record WriteKubernetes(HostOptions Options, string File) : HostRequest;

    /// <summary>Units or objects for all deployments of a directory.</summary>
    public sealed record Export(HostOptions Options, string Engine, string Directory) : HostRequest;

    public sealed record ShowTree(HostOptions Options, string? Name) : HostRequest;

    /// <summary>The start of an emperor. The options are its own; <see cref="Deployments"/> are those of its deployments.</summary>
    public sealed record Emperor(HostOptions Options, HostOptions Deployments) : HostRequest;

    /// <summary>The start of a group: all tac files of a directory in one process.</summary>
    public sealed record Group(HostOptions Options, string Directory) : HostRequest;

    /// <summary>A command for the deployments of an emperor.</summary>
    public sealed record OperateFleet(HostOptions Options, string Command, IReadOnlyList<string> Words) : HostRequest;

    /// <summary>A prompt in a running application.</summary>
    public sealed record Attach(HostOptions Options, string? Who) : HostRequest;

    /// <summary>A question to a node of a cluster.</summary>
    public sealed record OperateCluster(HostOptions Options, string Command, IReadOnlyList<string> Words) : HostRequest;

    /// <summary>A command for running applications.</summary>
    public sealed record Operate(HostOptions Options, string Command, IReadOnlyList<string> Words) : HostRequest;

    public sealed record ShowParameters(HostOptions Options, string File) : HostRequest;

    public sealed record ShowPlugins(HostOptions Options, PluginQuery Question, string? Name) : HostRequest;

    public sealed record Run(HostOptions Options) : HostRequest;
}
