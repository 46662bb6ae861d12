using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Runs one application in this process, from its recipe to the exit code.</summary>
internal sealed class ApplicationHost(HostOptions options, IApplicationRecipe recipe, StartupReport? report)
{
    private LogOutput? _log;

    /// <summary>The signal that ended the run, to be passed on, or 0.</summary>
    public int EndingSignal { get; private set; }

    /// <summary>Ends when the application has stopped. In a daemon, a failed start has been reported when this throws.</summary>
    /// <exception cref="TacHostException">The application did not start.</exception>
    public async Task<int> RunAsync()
    {
        try
        {
            using var signals = new ShutdownSignals(LogSignal);
            using var reaper = OrphanReaper.StartIfInitialProcess();
            using var manager = ServiceManager.Connect();
            using var pidFile = options.PidFile is { } path ? await PidFile.ClaimAsync(path) : null;
            using var log = _log = LogOutput.Open(options.Log);
            using var capture = log.CaptureConsole();
            using var others = new OtherSignals(() => Reload(log, manager), () => ReopenLog(log));
            LogOpening(log);
            var application = await new ApplicationStart(options, recipe, log, pidFile, signals).RunAsync();
            HostLog.Running(log.Host, application.Name!, Environment.ProcessId, recipe.Source);

            // Whoever reads the log when the prompt is back reads all of the start.
            log.WriteOut();
            report?.Running();
            manager.Ready(Summary(application));
            manager.Watch(() => Task.Run(() => ServiceTree.Visit(application)));

            var exitCode = await WaitAsync(application, signals, log);
            manager.Stopping(signals.First is { } signal ? $"stopping after {signal}" : exitCode == ExitCode.Success ? "stopping as asked" : "stopping after a failure");
            exitCode = await new ApplicationStop(options, log, manager).RunAsync(application, signals, exitCode);
            if (pidFile?.Remove() is { } problem)
                HostLog.Notice(log.Host, problem);
            HostLog.ShutDown(log.Host);
            EndingSignal = exitCode == ExitCode.Success && options.ExitWithSignal ? signals.FirstNumber : 0;
            return exitCode;
        }
        catch (TacHostException e)
        {
            report?.Failed(e.ExitCode, e.Message);
            throw;
        }
        catch (Exception e)
        {
            report?.Failed(ExitCode.Software, $"a defect in the host, please report it: {e}");
            throw;
        }
    }

    private void LogOpening(LogOutput log)
    {
        HostLog.Starting(log.Host, HostVersion.Text, RuntimeInformation.FrameworkDescription, Environment.ProcessPath ?? "");
        foreach (var notice in recipe.Notices)
            HostLog.Notice(log.Host, notice);
    }

    /// <summary>Waits for a reason to stop.</summary>
    private static async Task<int> WaitAsync(Application application, ShutdownSignals signals, LogOutput log)
    {
        try
        {
            await await Task.WhenAny(application.Failed, application.StopRequested).WaitAsync(signals.Requested);
            HostLog.StopRequested(log.Host, application.Name!);
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

    private static void ReopenLog(LogOutput log)
    {
        log.Reopen();
        HostLog.Reopened(log.Host);
    }

    private static void Reload(LogOutput log, ServiceManager manager)
    {
        manager.Reloading();
        HostLog.HangUpIgnored(log.Host);
        manager.Ready("nothing to reload");
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
