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
            new("--lib", null, "DIR", "A directory in which #r looks for assemblies. May be repeated.", (options, value) => options with { Libraries = [.. options.Libraries, OptionValue.FullPath(value)] }),
            new("--plugins", null, "DIR", "A directory in which plugins are looked for, before all others. May be repeated.", (options, value) => options with { PluginDirectories = [.. options.PluginDirectories, OptionValue.FullPath(value)] }),
            new("--set", null, "NAME=VALUE", "Give a parameter of the tac file a value; the same as --NAME VALUE after the file. May be repeated.", (options, value) => options with { Settings = [.. options.Settings, OptionValue.Setting(value)] }),
            new("--values", null, "FILE", "A JSON file with values for parameters of the tac file.", (options, value) => options with { ValuesFile = OptionValue.FilePath(value) }) { Default = "NAME.values.json beside the tac file NAME.csx, if it is there" },
            new("--locked", null, null, "Fail if the packages of the tac file are not those of its lock file, instead of changing that.", (options, _) => options with { Locked = true }),
            new("--start-timeout", null, "TIME", "How long the start may take before it is aborted.", (options, value) => options with { StartTimeout = OptionValue.TimeAboveZero(value) }) { Default = "1m" },
            new("--grace", null, "TIME", "How long the stop may take before what is left is cut off.", (options, value) => options with { Grace = OptionValue.Time(value) }) { Default = "30s" },
            new("--exit-with-signal", null, null, "After a clean stop, end by the signal that asked for it (status 143 or 130 in a shell) instead of exiting 0.", (options, _) => options with { ExitWithSignal = true }),
            new("--wait-for-debugger", null, null, "Stay in the foreground, and wait for a debugger before the tac file is evaluated; implies --debug.", (options, _) => options with { WaitForDebugger = true, Debug = true, NoDaemon = true }),
            new("--debug", 'b', null, "Show stack traces with errors, and compile the tac file so that a debugger can follow it.", (options, _) => options with { Debug = true }),
            new("--last-good", null, null, "Keep the tac file that runs in the cache, compiled. If it is broken at a later start with this option, run the one that ran last, and warn.", (options, _) => options with { LastGood = true }),
            new("--watch", null, null, "Reload at each save of the tac file, of what it loads, or of a file that a service has read at its start, and show what changes; with --nodaemon only.", (options, _) => options with { Watch = true }),
            new("--timings", null, null, "Print where the time of the start went.", (options, _) => options with { Timings = true }),
            new("--no_save", 'o', null, "Accepted for the sake of twistd's command lines, without effect.", (options, _) => options) { Alias = "--no-save" },
        ], "tachost -n deployments/ecstasy.csx", "stay here, log to the terminal, stop with Ctrl-C"),
        new("Log",
        [
            new("--logfile", 'l', "FILE", "The log file; - is standard output, with --nodaemon only.", (options, value) => options with { LogFile = OptionValue.NotEmpty(value, "the path of a file, or -") }) { Default = "tachost.log, or - with --nodaemon" },
            new("--log-level", null, "LEVEL", "The least severe level that is logged: trace, debug, info, warn, error, critical or none. CATEGORY=LEVEL, after commas, sets it for one category and those below.", (options, value) => options with { Log = WithLevels(options.Log, value) }) { Default = "info", Choices = LogLevelName.All },
            new("--log-format", null, "FORMAT", "text, or json for one JSON object a line.", (options, value) => options with { Log = options.Log with { Format = OptionValue.Choice(value, _logFormats) == "json" ? LogFormat.Json : LogFormat.Text } }) { Default = "text", Choices = _logFormats },
            new("--log-size", null, "BYTES", "How long a log file may become before it is rotated: 1000000, 500k, 10M, or 0 for any size.", (options, value) => options with { Log = options.Log with { FileSize = OptionValue.Size(value) } }) { Default = "1000000" },
            new("--log-keep", null, "COUNT", "How many rotated log files are kept, or 0 for all.", (options, value) => options with { Log = options.Log with { FilesKept = OptionValue.Count(value) } }) { Default = "10" },
            new("--log-every", null, "PERIOD", "Begin a new log file each hour, day, week or month as well.", (options, value) => options with { Log = options.Log with { Period = (LogPeriod)(Array.IndexOf(LogPeriods.Names, OptionValue.Choice(value, LogPeriods.Names)) + 1) } }) { Choices = LogPeriods.Names },
            new("--log-age", null, "DAYS", "How many days rotated log files are kept, or 0 for ever; --log-keep holds too.", (options, value) => options with { Log = options.Log with { LongestAge = OptionValue.Count(value) is > 0 and var days ? TimeSpan.FromDays(days) : null } }) { Default = "0" },
            new("--log-scopes", null, null, "Show the scopes of a line in text too; json has them always.", (options, _) => options with { Log = options.Log with { ShowScopes = true } }),
            new("--syslog", null, "TARGET", "Log to syslog: to this machine's, or to udp://HOST:514 or tcp://HOST:PORT.", (options, value) => options with { SyslogTarget = value }) { IsValueOptional = true, IsValue = word => word.Contains("://", StringComparison.Ordinal) },
            new("--prefix", null, "TAG", "The tag of syslog messages.", (options, value) => options with { SyslogPrefix = OptionValue.NotEmpty(value, "a word") }) { Default = "tachost" },
            new("--facility", null, "FACILITY", $"The facility of syslog messages: {string.Join(", ", SyslogOptions.Facilities)}.", (options, value) => options with { SyslogFacility = OptionValue.Choice(value, SyslogOptions.Facilities) }) { Default = "user", Choices = SyslogOptions.Facilities },
            new("--logger", null, "TYPE", "An ILoggerProvider to log through, as 'Namespace.Type, Assembly'; goes before --syslog, which goes before --logfile.", (options, value) => options with { Log = options.Log with { LoggerType = OptionValue.NotEmpty(value, "the name of a type") } }),
        ], "tachost --logfile /var/log/poetry.log --log-every day --log-keep 30 poetry.csx", "a file for each day, for a month"),
        new("Process",
        [
            new("--pidfile", null, "FILE", "The pid file. Empty, as in --pidfile=, for none.", (options, value) => options with { PidFile = value.Length == 0 ? null : OptionValue.FilePath(value) }) { Default = "tachost.pid" },
            new("--no-pidfile", null, null, "No pid file.", (options, _) => options with { PidFile = null }),
            new("--no-control", null, null, "No control socket: tachost ps, status, stop and the like do not find the process.", (options, _) => options with { NoControl = true }),
            new("--metrics", null, "ENDPOINT", "Serve /metrics for Prometheus, /livez, /readyz, /tree and a page for people by HTTP: a port of 127.0.0.1, or an endpoint such as unix:/run/poetry/metrics.sock.", (options, value) => options with { Metrics = OptionValue.NotEmpty(value, "a port or an endpoint") }),
            new("--rundir", 'd', "DIR", "The directory to run in: relative paths of the services start there.", (options, value) => options with { RunDirectory = OptionValue.NotEmpty(value, "the path of a directory") }) { Default = "where tachost was started" },
            new("--umask", null, "OCTAL", "The file mode creation mask.", (options, value) => options with { Umask = OptionValue.Umask(value) }) { Default = "077 for a daemon, the inherited one otherwise" },
        ], "tachost --rundir /srv/poetry --pidfile /run/poetry.pid poetry.csx", "poems are looked for in /srv/poetry"),
        new("Privileges",
        [
            new("--uid", 'u', "USER", "The user to become once the ports are bound, by name or number; with the user's own groups unless --gid is given.", (options, value) => options with { User = OptionValue.NotEmpty(value, "the name or number of a user") }),
            new("--gid", 'g', "GROUP", "The group to become, by name or number; alone, with no supplementary groups.", (options, value) => options with { Group = OptionValue.NotEmpty(value, "the name or number of a group") }),
            new("--euid", null, null, "Change the effective user and group only, so that services can change back.", (options, _) => options with { EffectiveOnly = true }),
            new("--chroot", null, "DIR", "The directory to make the root of the file system once the ports are bound; --rundir is then inside it.", (options, value) => options with { Jail = OptionValue.FullPath(value) }),
        ], "tachost --uid poet --chroot /srv/jail poetry.csx", "started by root, runs as poet and sees nothing but the jail"),
        new("Information",
        [
            new("--help", 'h', null, "Show this text.", (options, _) => options with { Help = true }),
            new("--version", null, null, "Show the version.", (options, _) => options with { Version = true }),
        ], "tachost completion bash", "print the completions for bash; zsh and fish likewise"),
    ];

    /// <summary>The options that the agent of a cluster gives to its deployments.</summary>
    private static readonly Option[] _ofTheAgent =
    [
        new("--epoch", null, "NUMBER", "The epoch of this start.", (options, value) => options with { Epoch = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : throw new OptionValueException("a number") }) { IsHidden = true },
        new("--leash-limit", null, "TIME", "How long the process runs without a renewal.", (options, value) => options with { LeashLimit = OptionValue.TimeAboveZero(value) }) { IsHidden = true },
    ];

    private static readonly Option[] _visible = All();

    private static readonly Option[] _options = [.. _visible, .. _ofTheAgent];

    /// <summary>Gets the options for users.</summary>
    public static IReadOnlyList<Option> Options => _visible;

    /// <summary>Parses a command line into options and operands.</summary>
    /// <exception cref="TacHostException">The command line is invalid.</exception>
    public static (HostOptions Options, string[] Operands) Read(string[] arguments)
    {
        var (given, operands) = new OptionReader(_options).Read(arguments);
        HostOptions options = new();
        foreach (var each in given)
            options = Apply(options, each);
        return (options, operands);
    }

    /// <summary>Returns whether a word is the long name of an option.</summary>
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
    public static HostOptions Apply(HostOptions options, (Option Option, string Value) given)
    {
        var (option, value) = given;
        try
        {
            return option.Apply(options, value);
        }
        catch (OptionValueException e)
        {
            var nearest = DidYouMean.To(value, e.Choices) is { } word ? $" Did you mean '{word}'?" : "";
            throw new TacHostException(ExitCode.Usage, OneLine.Of($"'{value}' cannot be the {option.Name}, which is {e.Message}.{nearest}"));
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
