using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Starts the application of a deployment within the start timeout: builds the tree, starts its privileged part, drops privileges, starts the rest.</summary>
internal sealed class DeploymentStart(Deployment deployment, HostProcess process, StartTimings timings)
{
    private readonly HostOptions _options = deployment.Options;
    private readonly LogOutput _log = deployment.Log;
    private readonly ShutdownSignals _signals = process.Signals;
    private volatile Application? _application;
    private volatile bool _isGivenUp;
    private IReadOnlyList<string> _unfinished = [];

    /// <summary>Gets whether a service failed before all services were started. A later failure counts as a failure while running.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Runs the start.</summary>
    /// <exception cref="TacHostException">The start failed. Services that had been started are stopped again.</exception>
    public Application Run()
    {
        using var limit = new TimeLimit(_options.StartTimeout, _log.Host, _signals.Requested);
        try
        {
            if (_options.Chroot is null)
                RunDirectory.Enter(_options.RunDirectory);
            var parts = Task.Factory.StartNew(() => RunPhases(limit), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            if (!limit.EndsBefore(parts))
                WaitForCleanUp(parts, limit.Token);
            parts.GetAwaiter().GetResult();
            return _application!;
        }
        catch (Exception e)
        {
            var failure = StartFailure.Describe(e, deployment.Source.Origin, _application, _unfinished, _signals, _options.StartTimeout);
            if (!_log.IsConsole)
                HostLog.StartFailed(_log.Host, failure.InnerException, failure.Message);
            throw failure;
        }
    }

    /// <summary>
    /// Runs all parts of the start on their own thread, because scripts and services cannot be
    /// interrupted. If a part hangs, the thread is abandoned and ends with the process.
    /// </summary>
    private void RunPhases(TimeLimit limit)
    {
        var application = Build();
        limit.Token.ThrowIfCancellationRequested();
        _application = application;
        timings.Mark("tree built");
        SetBaseDirectory(application);
        ConnectLog(application);
        application.Epoch = _options.Epoch;
        process.Takeover?.Adopt(application, process.Deployments.Index().First(each => each.Item == deployment).Index);
        var identity = Identity.Resolve(_options.User ?? Text(application.Uid), _options.Group ?? Text(application.Gid), _options.EffectiveOnly);
        _log.RequireOwner(identity?.User);
        (application.Uid, application.Gid) = ((int?)identity?.User, (int?)identity?.Group);

        try
        {
            StartParts(application, identity, limit);
        }
        catch
        {
            BlockingWait.For(application.DisposeAsync().AsTask());
            throw;
        }
    }

    /// <summary>Builds the tree. If the tac file fails, writes what its loggers kept.</summary>
    private Application Build()
    {
        try
        {
            return BlockingWait.Result(deployment.Source.BuildAsync());
        }
        catch (EvaluationException e)
        {
            foreach (var application in e.Applications.Where(each => !each.HasLoggerFactory))
                application.LoggerFactory = _log.Factory;
            throw;
        }
    }

    private void StartParts(Application application, Identity? identity, TimeLimit limit)
    {
        limit.OnTimeout = () => _unfinished = [.. ServiceTree.Starting(application).Select(service => service.ServicePath)];
        BlockingWait.For(application.PrivilegedStartAsync(limit.Token));
        timings.Mark("privileged start");
        StopIfGivenUp();
        DropPrivileges(application, identity);
        if (_options.Chroot is not null)
            SetBaseDirectory(application);
        timings.Mark("privileges dropped");
        StopIfGivenUp();
        BlockingWait.For(application.StartAsync(limit.Token));
        HasFailed = application.Failed.IsFaulted;
        timings.Mark("start");
    }

    /// <summary>Connects the tree to the log of its tac file, unless the command line names a logger.</summary>
    private void ConnectLog(Application application)
    {
        if (deployment.HasOwnLog || process.Deployments.Count == 1)
            _log.Settle(_options.Log.With(application.LogFile, application.ResolvePath));
        else if (application.LogFile != new LogFileOptions())
            HostLog.LogFileIgnored(_log.Host, application.Name!);
        var own = application.HasLoggerFactory && application.LoggerFactory is not NullLoggerFactory ? application.LoggerFactory : null;
        var isOverruled = _options.Log.LoggerType is not null && (own is not null || application.LoggerProviders.Count > 0);
        if (isOverruled)
            HostLog.TacLoggersIgnored(_log.Host);
        application.LoggerFactory = isOverruled ? _log.Factory : _log.FactoryFor(own, [.. application.LoggerProviders]);
    }

    /// <summary>After the timeout, waits until services have cleaned up, at most for the grace period. Does not wait for a script.</summary>
    private void WaitForCleanUp(Task parts, CancellationToken reached)
    {
        using var graceLimit = new TimeLimit(_options.Grace, _log.Host, _signals.Repeated);
        if (_application is not null && graceLimit.EndsBefore(parts))
            return;
        _isGivenUp = true;
        throw new OperationCanceledException(reached);
    }

    /// <summary>Prevents further parts of an abandoned start, because the process is about to exit.</summary>
    private void StopIfGivenUp()
    {
        if (_isGivenUp)
            throw new OperationCanceledException("The start was aborted.");
    }

    /// <summary>Drops the privileges of the process. If that fails, stops the privileged part, which may hold ports.</summary>
    private void DropPrivileges(Application application, Identity? identity)
    {
        try
        {
            PrivilegeDrop.Run(process, identity);
        }
        catch
        {
            using var graceLimit = new TimeLimit(_options.Grace, _log.Host, _signals.Repeated);
            graceLimit.EndsBefore(Task.Run(() => application.StopAsync(graceLimit.Token)));
            throw;
        }
    }

    /// <summary>Sets the base directory after the working directory is final. If the working directory has been deleted, the application keeps its default.</summary>
    private void SetBaseDirectory(Application application)
    {
        try
        {
            application.BaseDirectory = deployment.BaseDirectory ?? Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            // Services that use relative paths will fail and report the error.
        }
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
