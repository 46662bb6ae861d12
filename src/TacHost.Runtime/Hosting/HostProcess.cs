using System.Runtime.InteropServices;
using TacHost.CommandLine;
using TacHost.Control.Server;
using TacHost.Daemon;
using TacHost.Hosting.Operations;
using TacHost.Hosting.Upgrading;
using TacHost.Logging;
using TacHost.Monitoring;
using TacHost.Native;

namespace TacHost.Hosting;

/// <summary>
/// The resources that exist once in this process, for all its applications: signals, service
/// manager, pid file, orphans, standard streams, identity, and the event queue.
/// </summary>
internal sealed class HostProcess(HostOptions options, StartupReport? report, MaintenanceSignals otherSignals, StartTimings timings)
{
    private const uint DefaultUmask = 0x3F; // 077, twistd's default for a daemon

    private readonly Lock _gate = new();
    private PidFile? _pidFile;
    private LogOutput? _log;
    private ShutdownSignals? _signals;
    private ServiceManager? _manager;
    private Upgrade? _upgrade;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the signal to end the process with, or 0.</summary>
    public int EndingSignal { get; private set; }

    /// <summary>Gets a callback that shows a text on the terminal. Called in the foreground after the start.</summary>
    public Action<string>? Show { get; init; }

    /// <summary>Gets what executes reloads, or null for a process that cannot reload.</summary>
    public IReloader? Reloader { get; init; }

    public Takeover? Takeover { get; init; }

    public Upgrade Upgrade => LazyInitializer.EnsureInitialized(ref _upgrade, () => new Upgrade(this));

    /// <summary>Gets the server of <c>--metrics</c>, or null.</summary>
    public MonitoringServer? Monitoring { get; private set; }

    /// <summary>Gets whether applications are added while the process runs, each with a console of its own.</summary>
    public bool IsGroup { get; init; }

    /// <summary>Gets a callback that adds methods to the control socket, or null.</summary>
    public Action<ControlMethods>? AddMethods { get; init; }

    /// <summary>Gets the events for the main thread.</summary>
    public HostEvents Events { get; } = new();

    public LogOutput Log => _log ?? throw NotRunning();

    /// <summary>Gets the handler of SIGINT and SIGTERM.</summary>
    public ShutdownSignals Signals => _signals ?? throw NotRunning();

    public ServiceManager Manager => _manager ?? throw NotRunning();

    /// <summary>Gets the router of console output, or null in a process with one deployment.</summary>
    public ConsoleRouter? Console { get; private set; }

    public HostOptions Options => options;

    public bool IsDaemon => report is not null && !options.NoDaemon;

    /// <summary>Gets the directory in which the process was started, or null if it had been deleted.</summary>
    public string? LaunchDirectory { get; private set; }

    /// <summary>Gets a task that completes with the exit code after all deployments have stopped.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Gets the deployments. Valid after the call of <see cref="Run"/>.</summary>
    public IReadOnlyList<Deployment> Deployments { get; private set; } = [];

    /// <summary>Adds a deployment that its owner starts and stops while the process runs.</summary>
    public void Add(Deployment deployment)
    {
        lock (_gate)
            Deployments = [.. Deployments, deployment];
    }

    public void Remove(Deployment deployment)
    {
        lock (_gate)
            Deployments = [.. Deployments.Where(each => each != deployment)];
    }

    /// <summary>Starts the deployments, and returns after all have stopped.</summary>
    /// <returns>The exit code of the first deployment that failed, or 0.</returns>
    /// <exception cref="TacHostException">No deployment started. In a daemon, the failure has been reported.</exception>
    public int Run(params IReadOnlyList<Deployment> deployments)
    {
        Deployments = deployments;
        LaunchDirectory = Path.Exists(".") ? Environment.CurrentDirectory : null;
        try
        {
            if ((options.Umask ?? (IsDaemon ? DefaultUmask : null)) is { } umask)
                _ = LibcIdentity.Umask(umask);
            using var signals = _signals = new ShutdownSignals(OnShutdownSignal);
            using var reaper = OrphanReaper.StartIfInitialProcess();
            using var manager = _manager = ServiceManager.Connect();
            using var pidFile = _pidFile = Takeover is null && options.PidFile is { } path ? PidFile.Claim(path) : null;
            timings.Mark("signals, service manager, pid file");
            using var log = _log = LogOutput.Open(options.Log);
            timings.Mark("log");
            MaintenanceActions actions = new(this);
            otherSignals.Enable(actions.OnHangUp, actions.OnUser1, actions.OnUser2);
            AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
            try
            {
                log.CaptureConsole();
                using (Console = IsGroup || Deployments.Count > 1 ? new ConsoleRouter() : null)
                    return StartAndServe();
            }
            finally
            {
                log.EndCapture();
                _upgrade?.Finish();
                AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
                otherSignals.Disable();
                if (_pidFile?.Remove() is { } problem)
                    HostLog.Notice(log.Host, problem);
                HostLog.ShutDown(log.Host);
            }
        }
        catch (TacHostException e)
        {
            report?.Failed(e.ExitCode, e.TextWith(options.Debug));
            throw;
        }
        catch (OutOfMemoryException)
        {
            report?.Failed(ExitCode.OperatingSystem, FailureReport.OutOfThreads);
            throw;
        }
        catch (Exception e)
        {
            report?.Failed(ExitCode.Software, $"a defect in the host, please report it: {e}");
            throw;
        }
    }

    /// <summary>Gets the directory of the pid file and the name of the file in it, or null without a pid file.</summary>
    public (OpenDirectory Directory, string Name)? PidFilePlace => _pidFile?.Place;

    /// <summary>Claims the pid file again, if the new process of an upgrade had replaced it and ended.</summary>
    public void ReclaimPidFile()
    {
        if (_pidFile is { IsInPlace: false })
            _pidFile = PidFile.Claim(options.PidFile!);
    }

    private int StartAndServe()
    {
        HostLog.Starting(Log.Host, HostVersion.Text, RuntimeInformation.FrameworkDescription, Installation.FrontProgram);
        if (Icu.IsMissing)
            HostLog.Notice(Log.Host, Icu.Notice);
        using var monitoring = Monitoring = options.Metrics is { } endpoint ? MonitoringServer.Bind(endpoint, new MonitoringSource(() => Reports.WithServices(this), () => Log.LostLines), Log.Factory, tree => Takeover?.Adopt(tree, PassedSocket.Metrics)) : null;
        DeploymentLoop loop = new(this);
        loop.StartAll(timings);
        monitoring?.Start();

        // Write the whole log of the start before the prompt returns.
        Log.WriteOut();
        if (Takeover is not null)
            return ServeAfterTakeover(Takeover, loop);
        Manager.Ready(loop.Summary);
        timings.Mark("log written out, service manager told");
        using var control = options.NoControl ? null : ControlServer.Listen(Log.Host);
        timings.Mark("control socket");
        ReportRunning();
        return Serve(loop, control);
    }

    /// <summary>Waits for the order of the old process, takes its place and serves. Without the order, a signal came first, and the start is undone.</summary>
    private int ServeAfterTakeover(Takeover takeover, DeploymentLoop loop)
    {
        takeover.PreparePidFile(options.PidFile);
        report?.Running(HostVersion.Text);
        var mayServe = takeover.WaitForOrder(Signals.Requested);
        if (!mayServe)
            return Serve(loop, null);
        _pidFile = takeover.Commit();
        HostLog.TookOver(Log.Host);
        using var control = options.NoControl ? null : ControlServer.Listen(Log.Host);
        takeover.Report();
        Manager.Ready(loop.Summary);
        takeover.FollowPredecessor();
        return Serve(loop, control);
    }

    /// <summary>Serves until all deployments have stopped.</summary>
    private int Serve(DeploymentLoop loop, ControlServer? control)
    {
        control?.Serve(() => HostMethods.For(this));
        Manager.Watch(() => Task.Run(() => ServiceTree.VisitAll(loop.Running)), e => HostLog.TreeDidNotAnswer(Log.Host, e));
        using StatusTicker ticker = new(this, loop.Summary);
        List<IDisposable> watches = options.Watch ? [.. loop.Running.Select(deployment => Reloader!.Watch(deployment))] : [];
        loop.WaitForEnd();
        watches.ForEach(watch => watch.Dispose());
        var exitCode = Deployments.FirstOrDefault(deployment => deployment.ExitCode != ExitCode.Success)?.ExitCode ?? ExitCode.Success;
        EndingSignal = exitCode == ExitCode.Success && options.ExitWithSignal ? Signals.FirstNumber : 0;
        _ended.SetResult(exitCode);
        return exitCode;
    }

    private void ReportRunning()
    {
        var shown = options.Timings ? timings.ToString() : "";
        report?.Running(shown);
        if (report is null && shown.Length > 0)
            Show?.Invoke(shown);
    }

    /// <summary>Cleans up before the runtime aborts the process. The exception has already been logged.</summary>
    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs thrown)
    {
        var reason = thrown.ExceptionObject is not Exception e ? "" : options.Debug ? $" {e}" : $" {e.GetType().Name}: {e.Message}";
        report?.Failed(ExitCode.Software, $"an unhandled exception terminated the process.{reason}");
        _pidFile?.Remove();
    }

    private void OnShutdownSignal(string signal, bool isRepeated)
    {
        if (_log is { } log && isRepeated)
            HostLog.ShuttingDownNow(log.Host, signal);
        else if (_log is { } first)
            HostLog.ShuttingDown(first.Host, signal);
        if (!isRepeated)
            Events.Post(new HostEvent.ShutdownRequested(signal));
    }

    private static InvalidOperationException NotRunning() => new("The process is not running yet.");
}
