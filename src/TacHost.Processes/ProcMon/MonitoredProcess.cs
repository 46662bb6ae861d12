using TacHost.Services;

namespace TacHost.Processes.ProcMon;

/// <summary>One command of a <see cref="ProcessMonitor"/>: each start of the service is a run of the command.</summary>
public sealed class MonitoredProcess : Service, IServiceNeeds
{
    private const int ReadSize = 4096;

    /// <summary>The time to read remaining output after the process group has ended. Another process may have inherited the pipe and keep it open.</summary>
    private static readonly TimeSpan _drainTime = TimeSpan.FromSeconds(1);

    private readonly ProcessMonitor _monitor;
    private readonly string _name;
    private ChildProcess? _child;
    private CancellationTokenSource _restart = new();
    private CancellationTokenSource _drained = new();
    private Task _output = Task.CompletedTask;
    private long _began;
    private int _shortRuns;

    internal MonitoredProcess(ProcessMonitor monitor, string name, ProcessCommand command)
    {
        (_monitor, _name, Command) = (monitor, name, command);
        SetName(name);
    }

    /// <summary>Gets the command.</summary>
    public ProcessCommand Command { get; }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [.. ProgramNeeds.Of(Command.Words[0], Command.User, Command.Group, Command.Directory)];

    /// <summary>Gets the process id of the present run, or null between two.</summary>
    public int? ProcessId => _child is { Group.Ended.IsCompleted: false } child ? child.Id : null;

    /// <summary>Ends the present run, so that the command starts again as after any other end.</summary>
    internal void Restart() => _restart.Cancel();

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        (_restart, _drained, _began) = (new CancellationTokenSource(), new CancellationTokenSource(), _monitor.TimeProvider.GetTimestamp());
        try
        {
            _child = await ChildProcess.StartAsync(Command, Command.Directory is { } directory ? ResolvePath(directory) : null);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            throw new ProcessEndedException(
                $"The command '{_name}' of the service '{_monitor.ServicePath}' cannot be started: {e.Message.TrimEnd('.')}. Name a program that this user may run, by its path or by a name in PATH.", CountShortRun(), e);
        }

        ProcMonLog.Started(Logger, _name, _child.Id);
        _output = Task.WhenAll(LogAsync(_child.Output), LogAsync(_child.Errors));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var child = _child!;
        using (var asked = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _restart.Token))
            await ((Task)child.Group.Ended).WaitAsync(asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;
        await ReachEndAsync(child, stoppingToken);
        if (stoppingToken.IsCancellationRequested)
            return;
        var end = child.Group.Ended.IsCompletedSuccessfully ? await child.Group.Ended : default;
        var isAsked = _restart.IsCancellationRequested;
        if (end.IsSuccess && !isAsked && Command.Restart == Services.Supervision.RestartPolicy.Transient)
        {
            ProcMonLog.Completed(Logger, _name, child.Id);
            return;
        }

        var isShort = _monitor.TimeProvider.GetElapsedTime(_began) < _monitor.Threshold;
        if (!isShort)
            _shortRuns = 0;
        throw new ProcessEndedException($"'{_name}' (process {child.Id}) has ended: {end}", isShort && !isAsked && CountShortRun());
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_child is not { } child)
            return;
        var wasRunning = !child.Group.Ended.IsCompleted;
        await ReachEndAsync(child, cancellationToken);
        _drained.CancelAfter(_drainTime);
        await _output;
        if (wasRunning)
            ProcMonLog.Stopped(Logger, _name, child.Id, child.Group.Ended.IsCompletedSuccessfully ? await child.Group.Ended : default);
        child.Dispose();
        _child = null;
    }

    /// <summary>Ends the whole group.</summary>
    /// <param name="child">The run.</param>
    /// <param name="killToken">If cancelled, kills the remaining processes at once.</param>
    private Task ReachEndAsync(ChildProcess child, CancellationToken killToken) =>
        ProcessGroupEnd.ReachAsync(child.Group, _name, Command.StopSignal, _monitor.KillTime, _monitor.TimeProvider, Logger, killToken);

    /// <summary>Counts a run that was too short, or a failed start.</summary>
    /// <returns>True if the command is not restarted.</returns>
    private bool CountShortRun()
    {
        if (++_shortRuns < Command.MaxFailures || Command.MaxFailures is null)
            return false;
        ProcMonLog.GivenUp(Logger, _name, _shortRuns);
        _shortRuns = 0;
        return true;
    }

    /// <summary>Logs the lines read from a pipe. A slow log blocks the program, as a slow terminal does.</summary>
    private async Task LogAsync(Stream output)
    {
        LineSplitter lines = new(_monitor.MaxLineLength, line => ProcMonLog.Printed(Logger, line));
        var buffer = new byte[ReadSize];
        try
        {
            while (await output.ReadAsync(buffer, _drained.Token) is var count and > 0)
                lines.Append(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The output of processes that still write to the pipe is not read.
        }

        lines.Complete();
    }
}
