using System.Runtime.InteropServices;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Runs one application in this process, from its recipe to the exit code.</summary>
internal sealed class ApplicationHost(HostOptions options, IApplicationRecipe recipe, StartupReport? report)
{
    /// <summary>How long services have to let go once the grace period is over.</summary>
    private static readonly TimeSpan _momentToLetGo = TimeSpan.FromSeconds(2);

    private LogOutput? _log;

    /// <summary>Ends when the application has stopped. In a daemon, a failed start has been reported when this throws.</summary>
    /// <exception cref="TacHostException">The application did not start.</exception>
    public async Task<int> RunAsync()
    {
        try
        {
            using var signals = new ShutdownSignals(LogSignal);
            using var pidFile = await PidFile.ClaimAsync(options.PidFile);
            using var log = _log = LogOutput.Open(options.Log);
            LogOpening(log);
            var application = await StartAsync(log, signals);
            HostLog.Running(log.Host, application.Name!, Environment.ProcessId, recipe.Source);

            // Whoever reads the log when the prompt is back reads all of the start.
            log.WriteOut();
            report?.Running();
            var exitCode = await WaitAsync(application, signals, log);
            exitCode = await StopAsync(application, signals, log, exitCode);
            pidFile.Dispose();
            HostLog.ShutDown(log.Host);
            return exitCode;
        }
        catch (TacHostException e)
        {
            report?.Failed(e.ExitCode, e.Message);
            throw;
        }
        catch (Exception e)
        {
            report?.Failed(ExitCode.Software, $"a defect in the host: {e}");
            throw;
        }
    }

    private void LogOpening(LogOutput log)
    {
        HostLog.Starting(log.Host, HostVersion.Text, RuntimeInformation.FrameworkDescription, Environment.ProcessPath ?? "");
        foreach (var notice in recipe.Notices)
            HostLog.Notice(log.Host, notice);
    }

    /// <summary>Builds the tree and starts it in two phases, within the start time-out.</summary>
    private async Task<Application> StartAsync(LogOutput log, ShutdownSignals signals)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested);
        limit.CancelAfter(options.StartTimeout);
        Application? application = null;
        try
        {
            // A script is not ours to interrupt: one that never ends is left behind on its thread, and ends with the process.
            application = await Task.Run(recipe.BuildAsync).WaitAsync(limit.Token);
            application.LoggerFactory = log.Factory;
            await StartPartAsync(application.PrivilegedStartAsync, signals, limit.Token);
            await StartPartAsync(application.StartAsync, signals, limit.Token);
            return application;
        }
        catch (Exception e)
        {
            var failure = StartFailure.Describe(e, recipe.Source, application, signals, options.StartTimeout);
            if (options.Log.File is not null)
                HostLog.StartFailed(log.Host, failure.InnerException, failure.Message);
            HostLog.ShutDown(log.Host);
            throw failure;
        }
    }

    /// <summary>Waits for one part of the start; when it is cancelled, for it to clean up after itself, but no longer than the grace period.</summary>
    private async Task StartPartAsync(Func<CancellationToken, Task> startAsync, ShutdownSignals signals, CancellationToken limit)
    {
        var start = Task.Run(() => startAsync(limit), CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(signals.Repeated);
        if (!await EndsBeforeAsync(start, limit))
        {
            patience.CancelAfter(options.Grace);
            if (!await EndsBeforeAsync(start, patience.Token))
                throw new OperationCanceledException(limit);
        }

        await start;
    }

    /// <summary>Waits for a reason to stop.</summary>
    private static async Task<int> WaitAsync(Application application, ShutdownSignals signals, LogOutput log)
    {
        try
        {
            await application.Failed.WaitAsync(signals.Requested);
        }
        catch (OperationCanceledException)
        {
            // A signal, which has logged itself.
        }
        catch (ServiceFailedException e)
        {
            HostLog.ServiceFailed(log.Host, e.Message);
            return ExitCode.Software;
        }

        return ExitCode.Success;
    }

    private async Task<int> StopAsync(Application application, ShutdownSignals signals, LogOutput log, int exitCode)
    {
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(signals.Repeated);
        grace.CancelAfter(options.Grace);
        var stop = Task.Run(() => application.StopAsync(grace.Token));
        if (!await EndsBeforeAsync(stop, grace.Token))
        {
            using var moment = new CancellationTokenSource(_momentToLetGo);
            if (!await EndsBeforeAsync(stop, moment.Token))
            {
                HostLog.NotStopped(log.Host, options.Grace.TotalSeconds, string.Join(", ", ServiceTree.NotStopped(application).Select(service => $"'{service.Path}'")));
                return ExitCode.TimedOut;
            }
        }

        try
        {
            await stop;
            return exitCode != ExitCode.Success ? exitCode : application.ExitCode;
        }
        catch (Exception e)
        {
            HostLog.StopFailed(log.Host, e);
            return exitCode != ExitCode.Success ? exitCode : ExitCode.Software;
        }
    }

    /// <summary>Waits for a task without observing how it ends.</summary>
    private static async Task<bool> EndsBeforeAsync(Task task, CancellationToken limit)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = limit.Register(reached.SetResult);
        await Task.WhenAny(task, reached.Task);
        return task.IsCompleted;
    }

    private void LogSignal(string signal, bool isRepeated)
    {
        if (_log is not { } log)
            return;
        if (isRepeated)
            HostLog.ShuttingDownNow(log.Host, signal);
        else
            HostLog.ShuttingDown(log.Host, signal);
    }
}
