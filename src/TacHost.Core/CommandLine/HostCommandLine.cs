using System.Globalization;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>The table of the host's options. Parser, help, completion and man page are generated from this table.</summary>
internal static class HostCommandLine
{
    private static readonly string[] _logFormats = ["text", "json"];

    public static OptionGroup[] Groups { get; } =
    [
        new("Running",
        [
            new("--nodaemon", 'n', null, "Stay in the foreground and log to standard output.", (options, _) => options with { NoDaemon = true }),
            new("--csx", 'y', "FILE", "The tac file; the same as naming it after the options.", (options, value) => options with { TacFile = OptionValue.NotEmpty(value, "the path of a tac file") }),
            new("--lib", null, "DIR", "A directory that #r searches for assemblies. May be repeated.", (options, value) => options with { Libraries = [.. options.Libraries, OptionValue.FullPath(value)] }),
            new("--plugins", null, "DIR", "A directory to search for plugins, before all others. May be repeated.", (options, value) => options with { PluginDirectories = [.. options.PluginDirectories, OptionValue.FullPath(value)] }),
            new("--set", null, "NAME=VALUE", "Set a parameter of the tac file; the same as --NAME VALUE after the file. May be repeated.", (options, value) => options with { Settings = [.. options.Settings, OptionValue.Setting(value)] }),
            new("--values", null, "FILE", "A JSON file with parameter values for the tac file.", (options, value) => options with { ValuesFile = OptionValue.FilePath(value) }) { Default = "NAME.values.json beside the tac file NAME.csx, if it exists" },
            new("--locked", null, null, "Fail if the lock file does not match the packages of the tac file, instead of changing it.", (options, _) => options with { Locked = true }),
            new("--start-timeout", null, "TIME", "The time limit of the start.", (options, value) => options with { StartTimeout = OptionValue.TimeAboveZero(value) }) { Default = "1m" },
            new("--grace", null, "TIME", "The time limit of the stop. Connections that are still open then are aborted.", (options, value) => options with { Grace = OptionValue.Time(value) }) { Default = "30s" },
            new("--exit-with-signal", null, null, "After a clean stop, end by the signal that requested it (status 143 or 130 in a shell) instead of exiting with 0.", (options, _) => options with { ExitWithSignal = true }),
            new("--wait-for-debugger", null, null, "Stay in the foreground and wait for a debugger before evaluating the tac file; implies --debug.", (options, _) => options with { WaitForDebugger = true, Debug = true, NoDaemon = true }),
            new("--debug", 'b', null, "Show stack traces with errors, and compile the tac file for debugging.", (options, _) => options with { Debug = true }),
            new("--last-good", null, null, "Save the compiled tac file in the cache when it runs. If the tac file is broken at a later start with this option, run the saved version, and warn.", (options, _) => options with { LastGood = true }),
            new("--watch", null, null, "Reload when the tac file, a file that it loads, or a file that a service read at its start is saved, and show the changes; only with --nodaemon.", (options, _) => options with { Watch = true }),
            new("--timings", null, null, "Print how long each step of the start took.", (options, _) => options with { Timings = true }),
            new("--no_save", 'o', null, "No effect; accepted for compatibility with twistd.", (options, _) => options) { Alias = "--no-save" },
        ], "tachost -n deployments/ecstasy.csx", "run in the foreground, log to the terminal, stop with Ctrl-C"),
        new("Log",
        [
            new("--logfile", 'l', "FILE", "The log file; - is standard output, only with --nodaemon.", (options, value) => options with { LogFile = OptionValue.NotEmpty(value, "the path of a file, or -") }) { Default = "tachost.log, or - with --nodaemon" },
            new("--log-level", null, "LEVEL", "The minimum level of log lines: trace, debug, info, warn, error, critical or none. CATEGORY=LEVEL, after a comma, sets the level of a category and those below it.", (options, value) => options with { Log = WithLevels(options.Log, value) }) { Default = "info", Choices = LogLevelName.All },
            new("--log-format", null, "FORMAT", "text, or json for one JSON object per line.", (options, value) => options with { Log = options.Log with { Format = OptionValue.Choice(value, _logFormats) == "json" ? LogFormat.Json : LogFormat.Text } }) { Default = "text", Choices = _logFormats },
            new("--log-size", null, "BYTES", "The size at which the log file is rotated: 1000000, 500k, 10M, or 0 for no limit.", (options, value) => options with { Log = options.Log with { FileSize = OptionValue.Size(value) } }) { Default = "1000000" },
            new("--log-keep", null, "COUNT", "The number of rotated log files to keep, or 0 for all.", (options, value) => options with { Log = options.Log with { FilesKept = OptionValue.Count(value) } }) { Default = "10" },
            new("--log-every", null, "PERIOD", "Also rotate the log file each hour, day, week or month.", (options, value) => options with { Log = options.Log with { Period = (LogPeriod)(Array.IndexOf(LogPeriods.Names, OptionValue.Choice(value, LogPeriods.Names)) + 1) } }) { Choices = LogPeriods.Names },
            new("--log-age", null, "DAYS", "The number of days to keep rotated log files, or 0 for no limit; --log-keep applies too.", (options, value) => options with { Log = options.Log with { LongestAge = TimeSpan.FromDays(OptionValue.Count(value)) } }) { Default = "0" },
            new("--log-scopes", null, null, "Show the scopes of log lines in the text format; json always has them.", (options, _) => options with { Log = options.Log with { ShowScopes = true } }),
            new("--syslog", null, "TARGET", "Log to syslog: on this machine, or at udp://HOST:514 or tcp://HOST:PORT.", (options, value) => options with { SyslogTarget = value }) { IsValueOptional = true, IsValue = word => word.Contains("://", StringComparison.Ordinal) },
            new("--prefix", null, "TAG", "The tag of syslog messages.", (options, value) => options with { SyslogPrefix = OptionValue.NotEmpty(value, "a word") }) { Default = "tachost" },
            new("--facility", null, "FACILITY", $"The facility of syslog messages: {string.Join(", ", SyslogOptions.Facilities)}.", (options, value) => options with { SyslogFacility = OptionValue.Choice(value, SyslogOptions.Facilities) }) { Default = "user", Choices = SyslogOptions.Facilities },
            new("--logger", null, "TYPE", "The ILoggerProvider to log to, as 'Namespace.Type, Assembly'; overrides --syslog, which overrides --logfile.", (options, value) => options with { Log = options.Log with { LoggerType = OptionValue.NotEmpty(value, "the name of a type") } }),
        ], "tachost --logfile /var/log/poetry.log --log-every day --log-keep 30 poetry.csx", "one log file for each day, kept for 30 days"),
        new("Process",
        [
            new("--pidfile", null, "FILE", "The pid file; an empty value (--pidfile=) disables it.", (options, value) => options with { PidFile = value.Length == 0 ? null : OptionValue.FilePath(value), IsPidFileChosen = true }) { Default = "tachost.pid; with --nodaemon, none for process 1 and on a read-only file system" },
            new("--no-pidfile", null, null, "Do not write a pid file.", (options, _) => options with { PidFile = null, IsPidFileChosen = true }),
            new("--no-control", null, null, "Do not open a control socket: tachost ps, status, stop and the like cannot find the process.", (options, _) => options with { NoControl = true }),
            new("--metrics", null, "ENDPOINT", "Serve /metrics for Prometheus, /livez, /readyz, /tree and a status page by HTTP, at a port of 127.0.0.1 or an endpoint such as unix:/run/poetry/metrics.sock.", (options, value) => options with { Metrics = OptionValue.NotEmpty(value, "a port or an endpoint") }),
            new("--rundir", 'd', "DIR", "The run directory, against which relative paths of the services are resolved.", (options, value) => options with { RunDirectory = OptionValue.NotEmpty(value, "the path of a directory") }) { Default = "the directory in which tachost was started" },
            new("--umask", null, "OCTAL", "The file mode creation mask.", (options, value) => options with { Umask = OptionValue.Umask(value) }) { Default = "077 for a daemon, the inherited one otherwise" },
        ], "tachost --rundir /srv/poetry --pidfile /run/poetry.pid poetry.csx", "run in /srv/poetry, where the poems are"),
        new("Privileges",
        [
            new("--uid", 'u', "USER", "The user to switch to after the ports are bound, by name or number; with the groups of that user.", (options, value) => options with { User = OptionValue.NotEmpty(value, "the name or number of a user") }),
            new("--gid", 'g', "GROUP", "The group to switch to, by name or number. Without --uid, supplementary groups are dropped.", (options, value) => options with { Group = OptionValue.NotEmpty(value, "the name or number of a group") }),
            new("--euid", null, null, "Change only the effective user and group, so that services can change back.", (options, _) => options with { EffectiveOnly = true }),
            new("--chroot", null, "DIR", "The directory for chroot(2), entered after the ports are bound; --rundir is inside it.", (options, value) => options with { Chroot = OptionValue.FullPath(value) }),
        ], "tachost --uid poet --chroot /srv/chroot poetry.csx", "started by root: run as poet, with access only to the files in /srv/chroot"),
        new("Information",
        [
            new("--help", 'h', null, "Show this text.", (options, _) => options with { Help = true }),
            new("--version", null, null, "Show the version.", (options, _) => options with { Version = true }),
        ], "tachost completion bash", "print the completions for bash; also for zsh and fish"),
    ];

    /// <summary>The options that the agent of a cluster gives to its deployments.</summary>
    private static readonly Option[] _ofTheAgent =
    [
        new("--epoch", null, "NUMBER", "The epoch of this start.", (options, value) => options with { Epoch = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : throw new OptionValueException("a number") }) { IsHidden = true },
        new("--leash-limit", null, "TIME", "How long the process runs without a renewal.", (options, value) => options with { LeashLimit = OptionValue.TimeAboveZero(value) }) { IsHidden = true },
    ];

    private static readonly Option[] _visible = All();

    private static readonly Option[] _options = [.. _visible, .. _ofTheAgent];

    public static IReadOnlyList<Option> Options => _visible;

    /// <summary>Parses a command line into options and operands.</summary>
    /// <exception cref="TacHostException">The command line is invalid.</exception>
    public static (HostOptions Options, string[] Operands) Read(string[] arguments)
    {
        var (given, operands) = Option.Reader(_options).Read(arguments);
        HostOptions options = new();
        foreach (var each in given)
            options = Apply(options, each);
        return (options, operands);
    }

    public static bool IsOption(string word) => Array.Exists(_options, option => option.Name == word);

    private static Option[] All()
    {
        List<Option> all = [];
        foreach (var group in Groups)
            all.AddRange(group.Options);
        return all.ToArray();
    }

    /// <summary>Applies an option.</summary>
    /// <exception cref="TacHostException">The value is invalid.</exception>
    public static HostOptions Apply(HostOptions options, (IOption Option, string Value) given)
    {
        var (option, value) = ((Option)given.Option, given.Value);
        try
        {
            return option.Apply(options, value);
        }
        catch (OptionValueException e)
        {
            var nearest = DidYouMean.To(value, e.Choices) is { } word ? $" Did you mean '{word}'?" : "";
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"{option.Name}: '{value}' is not {e.Message}.{nearest}"));
        }
    }

    /// <summary>Reads levels, such as <c>info,Microsoft.AspNetCore=warn</c>.</summary>
    private static LogOptions WithLevels(LogOptions log, string value)
    {
        List<KeyValuePair<string, LogLevel>> levels = [.. log.Levels];
        foreach (var part in value.Split(','))
        {
            var equals = part.LastIndexOf('=');
            if (equals < 0)
                log = log with { MinimumLevel = Level(part) };
            else if (equals > 0)
                levels.Add(new(part[..equals].Trim(), Level(part[(equals + 1)..])));
            else
                throw new OptionValueException("a level, or CATEGORY=LEVEL, with commas between them");
        }

        return log with { Levels = levels };
    }

    private static LogLevel Level(string value) => LogLevelName.Parse(OptionValue.Choice(value, LogLevelName.All))!.Value;
}
