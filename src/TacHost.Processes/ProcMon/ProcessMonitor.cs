using TacHost.Services;
using TacHost.Services.Supervision;

namespace TacHost.Processes.ProcMon;

/// <summary>A supervisor of commands: what ends is started again, at once after a run that was long enough, and after growing delays otherwise.</summary>
/// <remarks>
/// <para>
/// Each command is a child service (<see cref="MonitoredProcess"/>) with its name, its restarts and its next try in the tree. It leads a session and a process group of its own, with the
/// environment of this process, nothing to read, and the lines that it prints in the log. The whole group is stopped with the service, and before the next run of a command whose
/// group still has processes. It gets <see cref="ProcessCommand.StopSignal"/>, and SIGKILL after <see cref="KillTime"/>, until no process is left. Run commands in the foreground,
/// because a program that detaches itself leaves the group.
/// </para>
/// <para>
/// If this process is killed, the commands continue until they write to the closed pipe, unless the service manager kills them, as systemd does.
/// </para>
/// <para>
/// All members are thread-safe. Ported from <c>twisted.runner.procmon.ProcessMonitor</c>, which
/// gives commands an empty environment and does not wait for their end.
/// </para>
/// </remarks>
public sealed class ProcessMonitor : Supervisor
{
    /// <summary>The time that the stop of a command may take in addition to the kill time.</summary>
    private static readonly TimeSpan _stopMargin = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _threshold = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _killTime = TimeSpan.FromSeconds(5);
    private readonly TimeSpan _minRestartDelay = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _maxRestartDelay = TimeSpan.FromHours(1);

    /// <summary>Initializes a monitor without commands.</summary>
    /// <param name="maxRestarts">The number of restarts of all commands together that are allowed within the time; one more makes the monitor fail, as with every supervisor. Defaults to no limit.</param>
    /// <param name="within">The time in which restarts are counted. Defaults to one minute.</param>
    public ProcessMonitor(int maxRestarts = int.MaxValue, TimeSpan? within = null)
        : base(RestartStrategy.OneForOne, maxRestarts, within)
    {
        Backoff = MakeBackoff();
        Decider = failure => failure is ProcessEndedException { IsGivenUp: true } ? Directive.Stop : Directive.Restart;
    }

    /// <summary>Gets how long a command must have run to start again at once, with its delay back at the shortest. Defaults to 1 second.</summary>
    public TimeSpan Threshold
    {
        get => _threshold;
        init
        {
            _threshold = SettingRange.AtLeast(value, TimeSpan.Zero);
            Backoff = MakeBackoff();
        }
    }

    /// <summary>Gets how long a command may take to handle its stop signal before it is killed. Defaults to 5 seconds.</summary>
    public TimeSpan KillTime
    {
        get => _killTime;
        init
        {
            _killTime = SettingRange.Delay(value);
            StopTimeout = TimeSpan.FromTicks(Math.Min((value + _stopMargin).Ticks, SettingRange.LongestTime.Ticks));
        }
    }

    /// <summary>Gets the delay after the first run that was too short. Doubled after each further one. Defaults to 1 second.</summary>
    public TimeSpan MinRestartDelay
    {
        get => _minRestartDelay;
        init
        {
            _minRestartDelay = SettingRange.Timeout(value);
            Backoff = MakeBackoff();
        }
    }

    /// <summary>Gets the longest delay. Defaults to an hour.</summary>
    public TimeSpan MaxRestartDelay
    {
        get => _maxRestartDelay;
        init
        {
            _maxRestartDelay = SettingRange.Timeout(value);
            Backoff = MakeBackoff();
        }
    }

    /// <summary>Gets how many characters a line in the log may have; a longer one is logged in pieces. At least 2, because a character may be a surrogate pair. Defaults to 8192.</summary>
    public int MaxLineLength { get; init => field = SettingRange.AtLeast(value, 2); } = 8192;

    /// <summary>Gets the commands by name, each with the process id of its present run, or null between two runs.</summary>
    public IReadOnlyDictionary<string, int?> Processes => this.OfType<MonitoredProcess>().ToDictionary(process => process.Name!, process => process.ProcessId);

    /// <summary>Adds a command, without starting it.</summary>
    /// <param name="name">The name of the child service. Unique among the commands.</param>
    /// <param name="command">The program and its arguments. A name without a slash is searched in PATH. No shell is involved.</param>
    /// <param name="environment">The environment variables to change; a null value removes a variable. Defaults to null: no changes.</param>
    /// <param name="directory">The working directory. Defaults to null: that of this process.</param>
    /// <exception cref="ArgumentException">There is a command of that name, the name cannot name a service, or the command names no program.</exception>
    public void AddProcess(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string?>? environment = null, string? directory = null) =>
        AddProcess(name, new ProcessCommand(command) { Environment = environment ?? new Dictionary<string, string?>(), Directory = directory });

    /// <summary>Adds a command, without starting it.</summary>
    /// <param name="name">The name of the child service. Unique among the commands.</param>
    /// <param name="command">The command.</param>
    /// <exception cref="ArgumentException">There is a command of that name, or the name cannot name a service.</exception>
    public void AddProcess(string name, ProcessCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        AddService(Make(name, command), command.Restart);
    }

    /// <summary>Adds a command, and starts it if the monitor is running.</summary>
    /// <inheritdoc cref="AddProcess(string, ProcessCommand)"/>
    /// <exception cref="IOException">The command cannot be started. It has not been added.</exception>
    public Task AddProcessAsync(string name, ProcessCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return AddServiceAsync(Make(name, command), command.Restart, cancellationToken);
    }

    /// <summary>Stops a command and removes it. Ends when no process of its group is left.</summary>
    /// <exception cref="KeyNotFoundException">There is no command of that name.</exception>
    public Task RemoveProcessAsync(string name, CancellationToken cancellationToken = default) => RemoveServiceAsync(Named(name), cancellationToken);

    /// <summary>Ends the current run of a command, which is then restarted with the usual delay. Returns immediately. Has no effect between two runs.</summary>
    /// <exception cref="KeyNotFoundException">The service has no command with this name.</exception>
    public void RestartProcess(string name) => Named(name).Restart();

    /// <summary>Restarts all commands as <see cref="RestartProcess"/> does.</summary>
    public void RestartAll()
    {
        foreach (var process in this.OfType<MonitoredProcess>())
            process.Restart();
    }

    private Backoff MakeBackoff() => new()
    {
        InitialDelay = _minRestartDelay / 2,
        Factor = 2,
        MaxDelay = _maxRestartDelay,
        Jitter = () => TimeSpan.Zero,
        ResetAfter = _threshold,
    };

    private MonitoredProcess Make(string name, ProcessCommand command)
    {
        if (this.Any(child => child.Name == name))
            throw new ArgumentException($"There is a command '{name}' already. Choose another name.", nameof(name));
        return new MonitoredProcess(this, name, command);
    }

    private MonitoredProcess Named(string name) =>
        this.OfType<MonitoredProcess>().FirstOrDefault(process => process.Name == name) ?? throw new KeyNotFoundException($"The service '{ServicePath}' has no command '{name}'.");
}
