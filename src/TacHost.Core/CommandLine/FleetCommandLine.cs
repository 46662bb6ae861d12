namespace TacHost.CommandLine;

/// <summary>The commands <c>emperor</c> and <c>fleet</c>, and their options.</summary>
internal static class FleetCommandLine
{
    public const string Variable = "TACHOST_FLEET";

    private const string UsualDirectory = "deployments";

    private static readonly string[] _verbs = ["ls", "status", "logs", "plan", "apply", "reload", "start", "stop", "restart", "run"];

    /// <summary>The option <c>--run</c>.</summary>
    public static readonly Option Run = new("--run", null, "DIR", "The directory for pid files and state.", (options, value) => With(options, fleet => fleet with { Run = OptionValue.FullPath(value) })) { Default = ".fleet in the directory of the fleet" };

    /// <summary>The option <c>--logs</c>.</summary>
    public static readonly Option Logs = new("--logs", null, "DIR", "The directory for log files.", (options, value) => With(options, fleet => fleet with { Logs = OptionValue.FullPath(value) })) { Default = "that of --run" };

    /// <summary>The option <c>--fleet</c>.</summary>
    public static readonly Option Fleet = new("--fleet", null, "DIR", "The directory of the fleet.", (options, value) => With(options, fleet => fleet with { Directory = OptionValue.FullPath(value) })) { Default = $"{Variable}, or ./{UsualDirectory}" };

    public static IReadOnlyList<HostCommand> All { get; } =
    [
        new("emperor", "DIR", "keep a directory of tac files running, each in its own process: start added files, compile and reload changed ones, stop removed ones", (options, words) =>
            words is [{ Length: > 0 } directory] ? new HostRequest.Emperor(HostRequest.ForEmperor(options, directory), options) : null)
        {
            Word = CommandWord.Directory,
            Options =
            [
                Run,
                Logs,
                new("--parallel", null, "COUNT", "How many deployments start or reload at a time.", (options, value) => With(options, fleet => fleet with { Parallel = AtLeastOne(value) })) { Default = "the number of processors" },
                new("--no-watch", null, null, "Follow changes of the directory only after 'fleet apply' or SIGHUP.", (options, _) => With(options, fleet => fleet with { NoWatch = true })),
                new("--leash", null, null, "The deployments end with the emperor, even if it is killed. Otherwise they keep running, and the next emperor adopts them.", (options, _) => With(options, fleet => fleet with { Leash = true })),
                new("--strict", null, null, "Exit 0 only if every deployment runs.", (options, _) => With(options, fleet => fleet with { Strict = true })),
                new("--takeover", null, null, "Replace a running emperor without touching its deployments.", (options, _) => With(options, fleet => fleet with { Takeover = true })),
                new("--nodaemon", 'n', null, "Stay in the foreground.", (options, _) => options with { NoDaemon = true }) { IsHidden = true },
            ],
        },
        new("fleet", "VERB [NAME...]", "inspect and change what runs under an emperor: ls, status NAME, logs, plan, apply, reload, start, stop, restart, and run NAME in the foreground", Read)
        {
            Word = CommandWord.Choice,
            Choices = _verbs,
            Options =
            [
                Fleet,
                Run,
                Logs,
                new("--all", null, null, "All deployments.", (options, _) => With(options, fleet => fleet with { All = true })),
                new("--parallel", null, "COUNT", "How many deployments change at a time.", (options, value) => With(options, fleet => fleet with { Parallel = AtLeastOne(value) })) { Default = "1" },
                new("--keep-going", null, null, "Continue after a deployment that does not come up.", (options, _) => With(options, fleet => fleet with { KeepGoing = true })),
                new("--follow", 'f', null, "Print further lines as they are logged.", (options, _) => options with { Command = options.Command with { Follow = true } }),
                new("--lines", null, "COUNT", "The number of lines of each log.", (options, value) => options with { Command = options.Command with { Lines = OptionValue.Count(value) } }) { Default = "20" },
                new("--watch", 'w', null, "Refresh every second.", (options, _) => options with { Command = options.Command with { Watch = true } }),
                new("--json", null, null, "Print JSON.", (options, _) => options with { Command = options.Command with { Json = true } }),
            ],
        },
    ];

    private static HostRequest.OperateFleet? Read(HostOptions options, string[] words)
    {
        if (words.Length == 0 || Array.IndexOf(_verbs, words[0]) < 0)
            return null;
        var fleet = options.Command.Fleet;
        var (verb, names) = (words[0], words[1..]);
        var isAllowed = verb switch
        {
            "ls" or "plan" or "apply" => names.Length == 0,
            "status" or "run" => names.Length == 1,
            "logs" => true,
            _ => fleet.All ? names.Length == 0 : names.Length > 0,
        };
        if (!isAllowed)
            return null;
        options = InFleet(options);
        return new HostRequest.OperateFleet(verb == "run" ? options : HostRequest.ForHelp(options), verb, names);
    }

    public static HostOptions InFleet(HostOptions options)
    {
        var fleet = options.Command.Fleet;
        var directory = fleet.Directory.Length > 0 ? fleet.Directory : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : UsualDirectory;
        return options with { Command = options.Command with { Fleet = fleet with { Directory = OptionValue.FullPath(directory) } } };
    }

    private static HostOptions With(HostOptions options, Func<FleetOptions, FleetOptions> change) =>
        options with { Command = options.Command with { Fleet = change(options.Command.Fleet) } };

    private static int AtLeastOne(string value) =>
        OptionValue.Count(value) is > 0 and var count ? count : throw new OptionValueException("a number, 1 or more");
}
