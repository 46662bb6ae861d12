using TacHost.CommandLine;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>An application in this process: its source, log, service tree, state and exit code.</summary>
/// <remarks>
/// This class has no static state, so that a process can run several deployments. State of the process belongs to <see cref="HostProcess"/>.
/// </remarks>
internal sealed class Deployment(HostOptions options, IApplicationSource source)
{
    private Application? _application;
    private LogOutput? _log;
    private ConsoleRoute? _console;
    private Task? _stop;
    private DeploymentReloads? _reloads;
    private HostProcess? _process;
    private Exception? _escaped;

    /// <summary>Gets the options. A deployment uses the timeouts, the identity and the log.</summary>
    public HostOptions Options => options;

    /// <summary>Gets or sets the source that the application is built from: that of the start, or of the last reload.</summary>
    public IApplicationSource Source { get; set; } = source;

    /// <summary>Gets whether the deployment opens its own log. If false, it uses the log of the process.</summary>
    public bool HasOwnLog { get; init; }

    /// <summary>Gets the directory that relative paths of the application are resolved against, or null for the working directory.</summary>
    public string? BaseDirectory { get; init; }

    /// <summary>Gets what executes the reloads of this deployment, or null for that of the process.</summary>
    public IReloader? Reloader { get; init; }

    /// <summary>Gets a callback for the end of the deployment. Called on the main thread.</summary>
    public Action<Deployment>? OnStopped { get; init; }

    /// <summary>Gets the log.</summary>
    /// <exception cref="InvalidOperationException">The log has not been opened.</exception>
    public LogOutput Log => _log ?? throw new InvalidOperationException("The deployment has no log before its start.");

    /// <summary>Gets the root of the tree.</summary>
    /// <exception cref="InvalidOperationException">The application has not been built.</exception>
    public Application Application => _application ?? throw new InvalidOperationException("The deployment has no application before its start.");

    public bool HasApplication => _application is not null;

    public DeploymentState State { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Gets the current exit code. It is final in the states <see cref="DeploymentState.Stopped"/> and <see cref="DeploymentState.Failed"/>.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Opens the log and starts the application.</summary>
    /// <exception cref="TacHostException">The application failed to start. Services that had been started are stopped again.</exception>
    public void Start(HostProcess process, StartTimings timings)
    {
        (State, _process) = (DeploymentState.Starting, process);
        try
        {
            _log = HasOwnLog ? LogOutput.Open(options.Log) : process.Log;
            _console = HasOwnLog ? process.Console?.CreateRoute(_log.Factory) : null;
            process.Console?.Enter(_console);
            foreach (var notice in Source.Notices)
                HostLog.Notice(_log.Host, notice);
            foreach (var detail in Source.Details)
                HostLog.Detail(_log.Host, detail);
            var start = new DeploymentStart(this, process, timings);
            _application = start.Run();
            if (start.HasFailed)
                throw StopAfterFailure(process);
            if (process.Signals.First is not null)
                throw StopAfterSignal(process);
        }
        catch (TacHostException e)
        {
            (State, ExitCode) = (DeploymentState.Failed, e.ExitCode);
            CloseLog();
            throw;
        }
        finally
        {
            process.Console?.Enter(null);
        }

        (State, StartedAt) = (DeploymentState.Running, TimeProvider.System.GetLocalNow());
        HostLog.Running(_log.Host, _application.Name!, Environment.ProcessId, Source.Origin);
        PostWhenOver(_application.Failed, process);
        PostWhenOver(_application.StopRequested, process);
        SaveAsLastGood();
    }

    /// <summary>Gets the reloads of the running application.</summary>
    /// <exception cref="InvalidOperationException">The process cannot reload.</exception>
    public DeploymentReloads Reloads => LazyInitializer.EnsureInitialized(ref _reloads, () =>
        new DeploymentReloads(this, _process!, Reloader ?? _process!.Reloader ?? throw new InvalidOperationException("The process cannot reload.")));

    /// <summary>Saves the running version for a start with --last-good, on another thread. A chroot has no cache directory.</summary>
    public void SaveAsLastGood()
    {
        if (options.Chroot is not null)
            return;
        var source = Source;
        _ = Task.Run(() =>
        {
            if (source.Save() is { } problem)
                HostLog.Notice(Log.Host, problem);
        });
    }

    /// <summary>Redirects console output of this execution context to the log of the deployment.</summary>
    public void EnterConsole() => _process!.Console?.Enter(_console);

    /// <summary>Begins to stop the application. Has no effect if the application is not running.</summary>
    /// <returns>True if this call began the stop.</returns>
    public bool BeginStop(HostProcess process)
    {
        if (State != DeploymentState.Running)
            return false;
        State = DeploymentState.Stopping;
        ExitCode = ExitCodeOfReason();
        _stop = StopAsync(process);
        return true;
    }

    /// <summary>Completes the stop after <see cref="HostEvent.DeploymentStopped"/>, and closes the deployment's own log.</summary>
    public void EndStop()
    {
        BlockingWait.For(_stop!);
        CloseLog();
        OnStopped?.Invoke(this);
    }

    /// <summary>Switches to a new file of the deployment's own log, as <see cref="LogOutput.Reopen"/> does.</summary>
    public void ReopenLog()
    {
        if (HasOwnLog)
            _log?.Reopen();
    }

    /// <summary>Ends the application because an exception has left its code on a thread of the runtime.</summary>
    /// <returns>True if the application was running.</returns>
    public bool Fail(Exception escaped)
    {
        if (State != DeploymentState.Running)
            return false;
        HostLog.Escaped(Log.Host, escaped);
        Log.WriteOut();
        _escaped = escaped;
        _process!.Events.Post(new HostEvent.DeploymentEnds(this));
        return true;
    }

    private void CloseLog()
    {
        _console?.EndLines();
        if (!HasOwnLog || _log is null)
            return;
        HostLog.ShutDown(_log.Host);
        _log.Dispose();
    }

    /// <summary>Logs the reason for the stop.</summary>
    /// <returns>The exit code for the reason.</returns>
    private int ExitCodeOfReason()
    {
        if (_escaped is not null)
            return TacHost.ExitCode.Software;
        if (Application.Failed is { IsFaulted: true, Exception: { InnerException: ServiceFailedException failure } })
        {
            HostLog.ServiceFailed(Log.Host, failure.ServicePath);
            return TacHost.ExitCode.Software;
        }

        // Otherwise the reason is a signal or a command, which has already been logged.
        if (Application.StopRequested.IsCompleted)
            HostLog.StopRequested(Log.Host, Application.Name!);
        return TacHost.ExitCode.Success;
    }

    private async Task StopAsync(HostProcess process)
    {
        process.Console?.Enter(_console);
        try
        {
            await process.Upgrade.EndAsync();
            if (_reloads is not null)
                await _reloads.EndAsync();
            ExitCode = await new DeploymentStop(this, process).RunAsync(ExitCode);
            if (_reloads is not null)
                await _reloads.WaitForLeavingAsync();
            State = ExitCode == TacHost.ExitCode.Software ? DeploymentState.Failed : DeploymentState.Stopped;
        }
        finally
        {
            process.Events.Post(new HostEvent.DeploymentStopped(this));
        }
    }

    private TacHostException StopAfterFailure(HostProcess process)
    {
        BlockingWait.Result(new DeploymentStop(this, process).RunAsync(TacHost.ExitCode.Unavailable));
        var failure = Application.Failed.Exception!.InnerException!;
        return new TacHostException(TacHost.ExitCode.Unavailable, $"'{Source.Origin}' did not start. {FailureText.OfStart(failure, service: null)}", failure);
    }

    /// <summary>Stops services that have started although a signal requested a stop, because a service ignored its token.</summary>
    private TacHostException StopAfterSignal(HostProcess process)
    {
        BlockingWait.Result(new DeploymentStop(this, process).RunAsync(process.Signals.ExitCode));
        return StartFailure.Interrupted(Source.Origin, process.Signals);
    }

    private void PostWhenOver(Task task, HostProcess process) =>
        task.ContinueWith((_, events) => ((HostEvents)events!).Post(new HostEvent.DeploymentEnds(this)), process.Events, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}

/// <summary>The states of a deployment, in order.</summary>
internal enum DeploymentState
{
    PreparedApplication,
    Starting,
    Running,
    Stopping,
    Stopped,

    /// <summary>The application failed to start, or one of its services failed.</summary>
    Failed,
}
