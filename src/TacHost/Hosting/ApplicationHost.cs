using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Runs one application in this process, from its recipe to the exit code.</summary>
internal sealed class ApplicationHost(HostOptions options, IApplicationRecipe recipe, StartupReport? report, OtherSignals otherSignals, StartTimings timings)
{
    private LogOutput? _log;

    /// <summary>The signal that ended the run, to be passed on, or 0.</summary>
    public int EndingSignal { get; private set; }

    /// <summary>Shows a text on the terminal; called in the foreground, when the start is over.</summary>
    public Action<string>? Show { get; init; }

    /// <summary>Ends when the application has stopped. In a daemon, a failed start has been reported when this throws.</summary>
    /// <exception cref="TacHostException">The application did not start.</exception>
    public int Run()
    {
        try
        {
            using var signals = new ShutdownSignals(LogSignal);
            using var reaper = OrphanReaper.StartIfInitialProcess();
            using var manager = ServiceManager.Connect();
            using var pidFile = options.PidFile is { } path ? PidFile.Claim(path) : null;
            timings.Over("signals, service manager, pid file");
            using var log = _log = LogOutput.Open(options.Log);
            timings.Over("log");
            otherSignals.Act(() => Reload(log, manager), () => ReopenLog(log));
            try
            {
                using (log.CaptureConsole())
                    return Run(log, pidFile, signals, manager);
            }
            finally
            {
                otherSignals.Ignore();
                if (pidFile?.Remove() is { } problem)
                    HostLog.Notice(log.Host, problem);
                HostLog.ShutDown(log.Host);
            }
        }
        catch (TacHostException e)
        {
            report?.Failed(e.ExitCode, e.TextWith(options.Debug));
            throw;
        }
        catch (Exception e)
        {
            report?.Failed(ExitCode.Software, $"a defect in the host, please report it: {e}");
            throw;
        }
    }

    private int Run(LogOutput log, PidFile? pidFile, ShutdownSignals signals, ServiceManager manager)
    {
        HostLog.Starting(log.Host, HostVersion.Text, RuntimeInformation.FrameworkDescription, Environment.ProcessPath ?? "");
        foreach (var notice in recipe.Notices)
            HostLog.Notice(log.Host, notice);
        var start = new ApplicationStart(options, recipe, log, pidFile, signals, timings);
        var application = start.Run();
        var stop = new ApplicationStop(options, log, manager);
        if (start.HasFailed)
        {
            stop.Run(application, signals, ExitCode.Unavailable);
            var failure = application.Failed.Exception!.InnerException!;
            throw new TacHostException(ExitCode.Unavailable, $"'{recipe.Source}' did not start. {failure.Message}", failure);
        }

        HostLog.Running(log.Host, application.Name!, Environment.ProcessId, recipe.Source);

        // Whoever reads the log when the prompt is back reads all of the start.
        log.WriteOut();
        manager.Ready(Summary(application));
        manager.Watch(() => Task.Run(() => ServiceTree.Visit(application)), e => HostLog.TreeDidNotAnswer(log.Host, e));
        timings.Over("log written out, service manager told");
        ReportRunning();

        var exitCode = Wait(application, signals, log);
        manager.Stopping(signals.First is { } signal ? $"stopping after {signal}" : exitCode == ExitCode.Success ? "stopping as asked" : "stopping after a failure");
        exitCode = stop.Run(application, signals, exitCode);
        EndingSignal = exitCode == ExitCode.Success && options.ExitWithSignal ? signals.FirstNumber : 0;
        return exitCode;
    }

    private void ReportRunning()
    {
        var shown = options.Timings ? timings.ToString() : "";
        report?.Running(shown);
        if (report is null && shown.Length > 0)
            Show?.Invoke(shown);
    }

    /// <summary>Waits for a reason to stop.</summary>
    /// <returns>The exit code, as far as that reason goes.</returns>
    private static int Wait(Application application, ShutdownSignals signals, LogOutput log)
    {
        var (failed, asked) = (application.Failed, application.StopRequested);
        Waiting.ForAny(failed.AsWaitHandle(), asked.AsWaitHandle(), signals.Requested.WaitHandle);
        if (failed.IsFaulted)
        {
            HostLog.ServiceFailed(log.Host, ((ServiceFailedException)failed.Exception!.InnerException!).ServicePath);
            return ExitCode.Software;
        }

        // Otherwise it is a signal, which has logged itself.
        if (asked.IsCompleted)
            HostLog.StopRequested(log.Host, application.Name!);
        return ExitCode.Success;
    }

    private static void ReopenLog(LogOutput log)
    {
        log.Reopen();
        HostLog.Reopened(log.Host);
    }

    private static void Reload(LogOutput log, ServiceManager manager)
    {
        HostLog.HangUpIgnored(log.Host);
        manager.Reload();
    }

    private static string Summary(Application application)
    {
        var services = ServiceTree.Visit(application);
        return string.Create(CultureInfo.InvariantCulture, $"{application.Name} is running, {services} {(services == 1 ? "service" : "services")}");
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
