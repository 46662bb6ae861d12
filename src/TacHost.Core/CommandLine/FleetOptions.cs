namespace TacHost.CommandLine;

/// <summary>The options of the emperor and of the commands for its fleet, and the places that follow from them.</summary>
internal sealed record FleetOptions
{
    public const string StateExtension = ".state";

    private const string HiddenDirectory = ".fleet";

    /// <summary>Gets the directory of the tac files, absolute, or empty if none is named.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Gets the directory for pid files and state, or null for the default inside the fleet's directory.</summary>
    public string? Run { get; init; }

    /// <summary>Gets the directory for logs, or null for the run directory.</summary>
    public string? Logs { get; init; }

    /// <summary>Gets how many deployments may start or reload at a time, or null for the default.</summary>
    public int? Parallel { get; init; }

    /// <summary>Gets whether changes wait for <c>fleet apply</c> or SIGHUP.</summary>
    public bool NoWatch { get; init; }

    /// <summary>Gets whether the deployments end with the emperor, however it ends.</summary>
    public bool Leash { get; init; }

    /// <summary>Gets the time after which a frozen emperor has lost its deployments to other machines, or null if it keeps them.</summary>
    public TimeSpan? Freeze { get; init; }

    /// <summary>Gets whether the exit code of the start is 0 only if every deployment runs.</summary>
    public bool Strict { get; init; }

    /// <summary>Gets whether to replace a running emperor.</summary>
    public bool Takeover { get; init; }

    public bool All { get; init; }

    /// <summary>Gets whether a chain continues after a failure.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Gets the directory for pid files and state.</summary>
    public string RunDirectory => Run ?? Path.Combine(Directory, HiddenDirectory);

    public string LogDirectory => Logs ?? RunDirectory;

    public string EmperorPidFile => PidFileOf("emperor");

    public string EmperorLogFile => LogFileOf("emperor");

    public string PidFileOf(string name) => Path.Combine(RunDirectory, $"{name}.pid");

    public string LogFileOf(string name) => Path.Combine(LogDirectory, $"{name}.log");

    /// <summary>Returns the file with the state of a deployment that must survive the emperor.</summary>
    public string StateFileOf(string name) => Path.Combine(RunDirectory, $"{name}{StateExtension}");
}
