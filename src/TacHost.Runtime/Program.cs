using System.Runtime.ExceptionServices;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Dumping;
using TacHost.Fleet;
using TacHost.Fleet.Groups;
using TacHost.Hosting;
using TacHost.Hosting.Upgrading;
using TacHost.Logging;
using TacHost.Native;
using TacHost.Plugins;

namespace TacHost;

/// <summary>The host: runs the prepared application, and answers requests that need the code of a user.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        if (args is [ExecAsUser.Word, ..])
            return ExecAsUser.Run(args);
        if (args is [ChrootMonitor.Word, ..])
            return ChrootMonitor.Run(args);
        if (args is [StacksProcess.Word, ..])
            return StackReader.Run(args);
        if (args is [PreparationProcess.Word, ..])
            return ReloadTrial.Run(args);
        Icu.UseInvariantIfMissing();
        StandardStreams.OpenClosed();
        DiagnosticFiles.RemoveUnlessWanted();
        Warmup.Begin(args);
        var areTimingsAskedFor = StartTimings.AreAskedFor(args);
        StartTimings timings = new(areTimingsAskedFor, isSecond: areTimingsAskedFor && Handover.IsToForeground);
        var exitCode = FailureReport.Around(showTraces =>
        {
            // The same words that the command has read: they cannot be wrong any more.
            var request = HostRequest.Read(args);
            timings.Mark("command line");
            showTraces(request is HostRequest.Run { Options.Debug: true });
            return Execute(request, args, timings);
        });

        // A service may have left a foreground thread that would keep the process alive.
#pragma warning disable RS0030 // the one place that ends the process
        Environment.Exit(exitCode);
#pragma warning restore RS0030
        return exitCode;
    }

    private static int Execute(HostRequest request, string[] args, StartTimings timings)
    {
        // Registered before any slow operation, so that these signals never end the process.
        MaintenanceSignals signals = new();
        var handover = Handover.Receive() ?? throw new TacHostException(ExitCode.Usage, $"this program is started only by tachost. Start '{Installation.FrontProgram}' instead.");
        timings.Mark("what the command has prepared");
        LeashWatch.Begin(handover.Leash, (request as HostRequest.Run)?.Options.LeashLimit);
        using var console = request is HostRequest.Run { Options.AsksForParameters: false } or HostRequest.Emperor ? null : new EvaluationConsole();
        switch (request, handover.Prepared)
        {
            case (HostRequest.Emperor emperor, _):
                return RunEmperor(emperor, args, handover.Report, signals, timings);
            case (HostRequest.Group group, _):
                return RunGroup(group, args, handover.Report, signals, timings);
            case (HostRequest.Run { Options: { AsksForParameters: true } options }, [PreparedApplication.Tac tac]):
                return TacApplicationSources.ShowParameters(options, tac.Code.Source, tac);
            case (HostRequest.Run { Options: var options }, [var prepared]):
                if (options.WaitForDebugger)
                    DebuggerWait.Run(Terminal.WriteError);
                return Run(options, prepared, args, handover.Report, signals, timings);
            case (HostRequest.ShowParameters { Options: var options, File: var file }, [PreparedApplication.Tac tac]):
                return TacApplicationSources.ShowParameters(options, file, tac);
            case (HostRequest.ShowManPage { Options: var options }, [PreparedApplication.Plugin plugin]):
                return Print(PluginApplicationSource.Read(plugin, options, ["--help"], asManPage: true).Answer!);
            case (HostRequest.ShowPlugins { Options: var options }, [PreparedApplication.Plugin plugin]):
                return TryPlugin(plugin, options);
            case (HostRequest.Check { Options: var options, Files: var files }, var all):
                return new CheckCommand(options, files).Run(all);
            case (HostRequest.WriteUnit { Options: var options, File: var file }, [var prepared]):
                return TreeCommands.WriteUnit(options, file, prepared);
            case (HostRequest.WriteKubernetes { Options: var options, File: var file }, [PreparedApplication.Tac tac]):
                return TreeCommands.WriteKubernetes(options, file, tac);
            case (HostRequest.Export export, var all):
                return TreeCommands.Export(export, all);
            case (HostRequest.ShowTree { Options: var options, Name: { } file }, [var prepared]):
                return TreeCommands.Show(options, file, prepared);
            default:
                throw new InvalidOperationException("There is a kind of request that the host does not know.");
        }
    }

    private static int RunEmperor(HostRequest.Emperor request, string[] args, StartupReport? report, MaintenanceSignals signals, StartTimings timings)
    {
        using (report)
        {
            EmperorApplicationSource source = new(request, UnitArguments.Of(args, request.Options.Command.Fleet));
            HostProcess process = new(request.Options, report, signals, timings) { Show = Terminal.WriteError, Reloader = source.Reloader, AddMethods = source.AddMethods };
            return process.Run(new Deployment(request.Options, source));
        }
    }

    private static int RunGroup(HostRequest.Group request, string[] args, StartupReport? report, MaintenanceSignals signals, StartTimings timings)
    {
        using (report)
        {
            AppContext.SetData("TacHost.Command", (Func<string[]>)HostExecution.CommandWords);
            GroupApplicationSource source = new(request, args);
            ExceptionHandling.SetUnhandledExceptionHandler(source.Contain);
            var process = source.In(new HostProcess(request.Options, report, signals, timings) { Show = Terminal.WriteError, Reloader = source.Reloader, AddMethods = source.AddMethods, IsGroup = true });
            return process.Run(new Deployment(request.Options, source));
        }
    }

    private static int Print(string text)
    {
        Terminal.Write(text);
        return ExitCode.Success;
    }

    private static int TryPlugin(PreparedApplication.Plugin plugin, HostOptions options)
    {
        try
        {
            PluginApplicationSource.Read(plugin, options, ["--help"]);
            return Print(PluginVerdict.CanRun(plugin.Code.Name, plugin.Code.Path));
        }
        catch (TacHostException e)
        {
            Print(PluginVerdict.CannotRun(plugin.Code.Name, plugin.Code.Path, e));
            return e.ExitCode;
        }
    }

    private static int Run(HostOptions options, PreparedApplication prepared, string[] args, StartupReport? report, MaintenanceSignals signals, StartTimings timings)
    {
        using (report)
        {
            try
            {
                var source = SourceOf(prepared, options, out var answer);
                if (source is not null)
                    return Run(options, source, args, report, signals, timings);
                if (report is null)
                    return Print(answer!);
                report.Answered(answer!);
                return ExitCode.Success;
            }
            catch (TacHostException e) when (report is not null)
            {
                // A failure of the run itself has been reported and logged by now, and is not sent again. It is not printed: a daemon's standard error is its log.
                report.Failed(e.ExitCode, e.TextWith(options.Debug));
                return e.ExitCode;
            }
        }
    }

    /// <summary>Returns null if the arguments of a plugin request output instead of a run.</summary>
    private static IApplicationSource? SourceOf(PreparedApplication prepared, HostOptions options, out string? answer)
    {
        answer = null;
        if (prepared is not PreparedApplication.Plugin plugin)
            return TacApplicationSources.Of(prepared, options);
        var source = PluginApplicationSource.Read(plugin, options, options.Words);
        answer = source.Answer;
        if (answer is not null)
            return null;

        // The command could not know that these arguments request a run.
        Preconditions.Check(options);
        return source;
    }

    private static int Run(HostOptions options, IApplicationSource source, string[] args, StartupReport? report, MaintenanceSignals signals, StartTimings timings)
    {
        // For the telnet server, which does not know the host.
        AppContext.SetData("TacHost.Command", (Func<string[]>)HostExecution.CommandWords);
        using var takeover = PredecessorLink.Receive() is { } link ? new Takeover(link) : null;
        HostProcess process = new(options, report, signals, timings) { Show = Terminal.WriteError, Reloader = ReloadTrial.ReloaderFor(options, args), Takeover = takeover };
        var exitCode = process.Run(new Deployment(options, source));
        if (process.EndingSignal != 0)
            LibcExecution.EndBySignal(process.EndingSignal);
        return exitCode;
    }
}
