using TacHost.CommandLine;

namespace TacHost.Fleet;

/// <summary>The command lines of the deployments of a fleet: the options of the emperor, and files of their own.</summary>
internal sealed class UnitArguments
{
    /// <summary>The options that an emperor keeps for itself, because only one process can use what they name.</summary>
    private static readonly HashSet<string> _own = ["--nodaemon", "--logfile", "--pidfile", "--no-pidfile", "--no-control", "--metrics", "--timings", "--csx"];

    private readonly FleetOptions _fleet;

    private UnitArguments(IReadOnlyList<string> options, FleetOptions fleet) => (Options, _fleet) = (options, fleet);

    /// <summary>Gets the options that all deployments have.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>Returns the command lines for an emperor.</summary>
    /// <param name="arguments">The arguments of the emperor.</param>
    /// <param name="fleet">The options of its fleet.</param>
    public static UnitArguments Of(string[] arguments, FleetOptions fleet)
    {
        List<string> options = [];
        foreach (var (option, value) in new OptionReader([.. HostCommandLine.Options]).Read(arguments).Given)
        {
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

    private string[] LogOf(FleetEntry entry) =>
        Options.Any(option => option.StartsWith("--syslog", StringComparison.Ordinal) || option.StartsWith("--logger", StringComparison.Ordinal)) ? [] : [$"--logfile={_fleet.LogFileOf(entry.Name)}"];

    private static IEnumerable<string> Rest(FleetEntry entry) =>
        entry.Instance is { } instance ? [$"--set=instance={instance}", entry.Path] : [entry.Path];
}
