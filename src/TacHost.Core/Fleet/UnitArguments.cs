using TacHost.CommandLine;

namespace TacHost.Fleet;

/// <summary>The command lines of the deployments of a fleet: the options of the emperor, and files of their own.</summary>
internal sealed class UnitArguments
{
    /// <summary>The options of only the emperor, because two processes cannot share the named files and ports.</summary>
    private static readonly HashSet<string> _own = ["--nodaemon", "--logfile", "--pidfile", "--no-pidfile", "--no-control", "--metrics", "--timings", "--csx"];

    private readonly FleetOptions _fleet;

    private UnitArguments(IReadOnlyList<string> options, FleetOptions fleet) => (Options, _fleet) = (options, fleet);

    public IReadOnlyList<string> Options { get; }

    /// <summary>Returns the command lines for an emperor.</summary>
    public static UnitArguments Of(string[] arguments, FleetOptions fleet)
    {
        List<string> options = [];
        foreach (var (given, value) in Option.Reader(HostCommandLine.Options).Read(arguments).Given)
        {
            var option = (Option)given;
            if (!_own.Contains(option.Name))
                options.Add(option.TakesValue && (value.Length > 0 || !option.IsValueOptional) ? $"{option.Name}={value}" : option.Name);
        }

        return new UnitArguments(options, fleet);
    }

    /// <summary>Returns the command line of a daemon.</summary>
    /// <param name="entry">The deployment.</param>
    /// <param name="more">Options that this start has.</param>
    public IReadOnlyList<string> ForDaemon(FleetEntry entry, params IEnumerable<string> more) =>
        [.. Options, .. more, $"--pidfile={_fleet.PidFileOf(entry.Name)}", .. LogOf(entry), .. Rest(entry)];

    /// <summary>Returns the command line for the foreground. The pid file keeps the deployment from running twice.</summary>
    public IReadOnlyList<string> ForForeground(FleetEntry entry) =>
        [.. Options, "--nodaemon", $"--pidfile={_fleet.PidFileOf(entry.Name)}", .. Rest(entry)];

    /// <summary>Returns the command line of an application in the process of its group.</summary>
    public IReadOnlyList<string> ForApplication(FleetEntry entry) => [.. Options, "--no-pidfile", .. LogOf(entry), .. Rest(entry)];

    private string[] LogOf(FleetEntry entry) =>
        Options.Any(option => option.StartsWith("--syslog", StringComparison.Ordinal) || option.StartsWith("--logger", StringComparison.Ordinal)) ? [] : [$"--logfile={_fleet.LogFileOf(entry.Name)}"];

    private static IEnumerable<string> Rest(FleetEntry entry) =>
        entry.IsGroup ? [HostRequest.GroupWord, entry.Path] : entry.Instance is { } instance ? [$"--set=instance={instance}", entry.Path] : [entry.Path];
}
