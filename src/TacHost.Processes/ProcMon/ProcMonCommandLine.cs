using TacHost.Processes.Inetd;
using TacHost.Services.Plugins;
using TacHost.Services.Supervision;

namespace TacHost.Processes.ProcMon;

/// <summary>The command line of <c>procmon</c>.</summary>
public sealed class ProcMonCommandLine : IPostOptions
{
    /// <summary>Gets or sets the value of <see cref="ProcessMonitor.Threshold"/>.</summary>
    [Option("threshold", 't', "the run time after which a command is restarted at once", Maximum = 4_000_000)]
    public TimeSpan Threshold { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the value of <see cref="ProcessMonitor.KillTime"/>.</summary>
    [Option("killtime", 'k', "the time between the stop signal and SIGKILL", Maximum = 4_000_000)]
    public TimeSpan KillTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the value of <see cref="ProcessMonitor.MinRestartDelay"/>.</summary>
    [Option("minrestartdelay", 'm', "the delay after a run that was too short; doubled each time", Minimum = 0.001, Maximum = 4_000_000)]
    public TimeSpan MinRestartDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the value of <see cref="ProcessMonitor.MaxRestartDelay"/>.</summary>
    [Option("maxrestartdelay", 'M', "the longest delay", Minimum = 0.001, Maximum = 4_000_000)]
    public TimeSpan MaxRestartDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets or sets the value of <see cref="ProcessCommand.StopSignal"/>.</summary>
    [Option("stopsignal", 's', "the signal that asks the commands to end")]
    public StopSignal StopSignal { get; set; } = StopSignal.Terminate;

    /// <summary>Gets or sets the value of <see cref="ProcessCommand.User"/>.</summary>
    [Option("user", 'u', "the user of the commands; the user of the host unless given", ValueName = "USER[:GROUP]")]
    public string? User { get; set; }

    /// <summary>Gets or sets the value of <see cref="ProcessCommand.Restart"/>.</summary>
    [Option("restart", 'r', "when a command is started again: always (permanent), after a failure (transient: exit code 0 is the end of its work), or never (temporary)")]
    public RestartPolicy Restart { get; set; }

    /// <summary>Gets or sets the value of <see cref="ProcessCommand.MaxFailures"/>.</summary>
    [Option("maxfailures", 'f', "the number of short runs in a row after which a command is no longer restarted; unlimited unless given", Minimum = 1)]
    public int? MaxFailures { get; set; }

    /// <summary>Gets or sets command lines for the shell, each with its name.</summary>
    [Option("command", 'c', "a command line for the shell, with the name that it has in the log", ValueName = "NAME=COMMAND")]
    public IReadOnlyList<KeyValuePair<string, string>> Commands { get; set; } = [];

    /// <summary>Gets or sets a program and its arguments.</summary>
    [Operands("COMMAND", "a program and its arguments")]
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <inheritdoc/>
    public void PostOptions()
    {
        if (Command.Count == 0 && Commands.Count == 0)
            throw new UsageException("there is no command to keep running. Write it after the options, or as --command NAME=COMMAND.");
        if (Command.Count > 0 && Command[0].Length == 0)
            throw new UsageException("the command names no program.");
        if (MinRestartDelay > MaxRestartDelay)
            throw new UsageException("--minrestartdelay is longer than --maxrestartdelay.");
        foreach (var (name, line) in Commands)
        {
            if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(line))
                throw new UsageException($"--command '{name}={line}' does not have the form NAME=COMMAND.");
        }

        if (Names().FirstOrDefault(name => name.Contains('/', StringComparison.Ordinal) || name.Any(char.IsControl)) is { } wrong)
            throw new UsageException($"the name '{wrong}' of a command has a '/' or a control character in it, and so cannot name a service.");
        try
        {
            var (user, group) = UserAndGroup;
            if (user is not null)
                _ = Account.Find(user, group);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--user: {e.Message}", e);
        }

        if (Names().GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException($"there are two commands with the name '{twice.Key}'. Give one of them another by --command NAME=COMMAND.");
    }

    /// <summary>The parts of <see cref="User"/>.</summary>
    internal (string? User, string? Group) UserAndGroup => User is null ? (null, null) : InetdConfLine.User(User);

    internal IEnumerable<string> Names() => Commands.Select(command => command.Key).Concat(Command.Take(1).Select(NameOf));

    /// <summary>Returns the name of a program that is given without a name.</summary>
    internal static string NameOf(string program) => Path.GetFileName(program) is { Length: > 0 } file ? file : program;
}
