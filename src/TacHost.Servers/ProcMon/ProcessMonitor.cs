using TacHost.Services;

namespace TacHost.Servers.ProcMon;

/// <summary>A service that keeps commands running: what ends is started again, at once after a run that was long enough, and after growing delays otherwise.</summary>
/// <remarks>
/// <para>
/// Each command leads a session and a process group of its own, with the environment of this process, nothing to read, and the lines that it prints in the log.
/// The whole group is stopped with the service, and before the next run of a command that left some of it behind: SIGTERM, SIGKILL after
/// <see cref="KillTime"/>, and a wait until none is left. A program that detaches itself leaves the group and is lost: let commands stay in the foreground.
/// </para>
/// <para>
/// If this process is killed, nobody stops the commands: they go on until they write to a pipe that nobody reads, unless the service manager ends them, as systemd does.
/// </para>
/// <para>Every member may be used from any thread. Ported from <c>twisted.runner.procmon.ProcessMonitor</c>, which gives commands an empty environment and does not wait for their end.</para>
/// </remarks>
public sealed class ProcessMonitor : Service
{
    private readonly Lock _gate = new();
    private readonly List<MonitoredProcess> _processes = [];
    private bool _started;

    /// <summary>A command that has run for this long starts again at once, and its delay is back at the shortest. Defaults to 1 second.</summary>
    public TimeSpan Threshold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a command has to heed SIGTERM before it is killed. Defaults to 5 seconds.</summary>
    public TimeSpan KillTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The delay after the first run that was too short. Doubled after each further one. Defaults to 1 second.</summary>
    public TimeSpan MinRestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay. Defaults to an hour.</summary>
    public TimeSpan MaxRestartDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many characters a line in the log may have; a longer one is logged in pieces. Defaults to 8192.</summary>
    public int MaxLineLength { get; init; } = 8192;

    /// <summary>The clock. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The commands by name, each with the process id of its present run, or null between two runs.</summary>
    public IReadOnlyDictionary<string, int?> Processes
    {
        get
        {
            lock (_gate)
                return _processes.ToDictionary(process => process.Name, process => process.ProcessId);
        }
    }

    /// <summary>Adds a command, and starts it if the service is running.</summary>
    /// <param name="name">What it is called in the log. Unique among the commands.</param>
    /// <param name="command">The program, looked for in PATH if its name has no slash, and its arguments. No shell is involved.</param>
    /// <param name="environment">Variables to set, or with null as the value to leave out, on top of this process's own. Defaults to null: none.</param>
    /// <param name="directory">Where it runs. Defaults to null: where this process does.</param>
    /// <exception cref="ArgumentException">There is a command of that name, or no program.</exception>
    /// <exception cref="IOException">The service is running, and the command cannot be started. It has not been added.</exception>
    public void AddProcess(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string?>? environment = null, string? directory = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(command);
        if (command.Count == 0 || command[0].Length == 0)
            throw new ArgumentException($"The command '{name}' names no program.", nameof(command));
        MonitoredProcess process = new(name, [.. command], environment, directory);
        lock (_gate)
        {
            if (_processes.Exists(other => other.Name == name))
                throw new ArgumentException($"There is a command '{name}' already. Choose another name.", nameof(name));
            if (_started)
                Start(process);
            _processes.Add(process);
        }
    }

    /// <summary>Stops a command and forgets it. Ends when no process of its group is left.</summary>
    /// <exception cref="KeyNotFoundException">There is no command of that name.</exception>
    public async Task RemoveProcessAsync(string name, CancellationToken cancellationToken = default)
    {
        MonitoredProcess process;
        lock (_gate)
        {
            process = Named(name);
            _processes.Remove(process);
        }

        await process.StopAsync(cancellationToken);
    }

    /// <summary>Ends the present run of a command, so that it starts again, with the delay that its length calls for. Returns at once, and does nothing between two runs.</summary>
    /// <exception cref="KeyNotFoundException">There is no command of that name.</exception>
    public void RestartProcess(string name)
    {
        lock (_gate)
            Named(name).Restart();
    }

    /// <summary>Does for every command what <see cref="RestartProcess"/> does for one.</summary>
    public void RestartAll()
    {
        lock (_gate)
            _processes.ForEach(process => process.Restart());
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _started = true;
            _processes.ForEach(Start);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        List<MonitoredProcess> processes;
        lock (_gate)
        {
            _started = false;
            processes = [.. _processes];
        }

        await Task.WhenAll(processes.Select(process => process.StopAsync(cancellationToken)));
    }

    private void Start(MonitoredProcess process)
    {
        try
        {
            process.Start(new RestartTimes(Threshold, KillTime, MinRestartDelay, MaxRestartDelay, TimeProvider), MaxLineLength, Logger);
        }
        catch (IOException e)
        {
            throw new IOException($"The command '{process.Name}' of the service '{ServicePath}' cannot be started: {e.Message}. Name a program that this user may run, by its path or by a name in PATH.", e);
        }
    }

    private MonitoredProcess Named(string name) =>
        _processes.Find(process => process.Name == name) ?? throw new KeyNotFoundException($"The service '{ServicePath}' has no command '{name}'.");
}
