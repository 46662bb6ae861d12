using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Daemon;
using TacHost.Dumping;
using TacHost.Editors;
using TacHost.Fleet;
using TacHost.Hosting;
using TacHost.Loading;
using TacHost.Native;
using TacHost.Plugins;
using TacHost.Prompts;
using TacHost.Scripting;
using TacHost.Scripting.Lines;
using TacHost.Telnet.Compiler;

namespace TacHost;

/// <summary>The <c>tachost</c> program, which does all work before an application runs.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        if (args is [PreparationProcess.Word or SuccessorProcess.Word, ..])
            return ReloadPreparation.Run(args, PrepareForReload);
        if (args is [FleetPreparation.Word, ..])
            return FleetCompilation.Run(args, PrepareForFleet);
        if (args is [CompilerWire.Word])
            return End(new LineCompiler().Run());
        StandardStreams.OpenClosed();
        DiagnosticFiles.RemoveUnlessWanted();
        StartTimings timings = new(isAskedFor: StartTimings.AreAskedFor(args));
        var exitCode = FailureReport.Around(showTraces =>
        {
            var request = HostRequest.Read(args);
            timings.Mark("command line");
            showTraces(request is HostRequest.Run { Options.Debug: true });
            return Execute(request, args, timings);
        });

        return End(exitCode);
    }

    /// <summary>Ends the process, because a thread may have been left behind: a reader of standard error that takes nothing, or a compilation.</summary>
    private static int End(int exitCode)
    {
#pragma warning disable RS0030 // the one place that ends the process
        Environment.Exit(exitCode);
#pragma warning restore RS0030
        return exitCode;
    }

    private static int Execute(HostRequest request, string[] args, StartTimings timings)
    {
        switch (request)
        {
            case HostRequest.ShowUsage:
                return Print(HelpText.Short());
            case HostRequest.ShowHelp { Options: var options }:
                return Print(HelpText.Make(PluginReport.ForHelp(PluginCommands.Catalog(options))));
            case HostRequest.ShowVersion:
                return Print($"tachost {HostVersion.Text} (.NET {Framework.Version})\n");
            case HostRequest.ShowCompletion { Shell: var shell }:
                return Print(Completion.For(shell));
            case HostRequest.ShowManPage { Plugin: null }:
                return Print(ManPage.Make());
            case HostRequest.ListTemplates:
                return NewCommand.List();
            case HostRequest.WriteProjects { Options: var options, Directory: var directory }:
                return IdeCommand.Run(directory, PluginPath.SearchDirectories(options), options.Command.Overwrite);
            case HostRequest.New { Template: var template, Name: var file, AsProgram: var asProgram }:
                return NewCommand.Write(template, file, asProgram);
            case HostRequest.Restore { Options: var options, Files: var files }:
                return TacCommands.Restore(options, files, failure => FailureReport.Print(failure, options.Debug));
            case HostRequest.ShowTree { Options: var options, Name: var name }:
                return TreeCommand.TryRun(name, options.Command) ?? HostExecution.Replace(args, TacCommands.Prepare(options, name!).Tac);
            case HostRequest.Operate { Command: "dump" } dump:
                return DumpCommand.Run(dump.Words.Count > 0 ? dump.Words[0] : null, dump.Options.Command.Json);
            case HostRequest.Operate operate:
                return OperatorCommands.Run(operate);
            case HostRequest.Attach { Options: var options, Who: var who }:
                return AttachCommand.Run(who, options.Command);
            case HostRequest.Emperor { Options: var options }:
                return StartEmperor(options, args, timings);
            case HostRequest.Group { Options: var options }:
                return PrepareAndStart(options, args, () => (new PreparedApplication.Own(), "directory of the group"), timings);
            case HostRequest.OperateCluster operate:
                return ClusterCommands.Run(operate, (options, file) => FleetCompilation.Prepare(options, file, PrepareForFleet));
            case HostRequest.OperateFleet { Command: "run" } run:
                return RunOfFleet(run, timings);
            case HostRequest.OperateFleet operate:
                return FleetCommands.Run(operate);
            case HostRequest.ShowPlugins { Options: var options, Question: PluginQuery.Why, Name: var name }:
                return PluginCommands.Explain(options, name ?? "", args);
            case HostRequest.ShowPlugins { Options: var options, Question: var question, Name: var name }:
                return Print(PluginCommands.Answer(question, name ?? "", options));
            case HostRequest.Compile { Options: var options, Files: var files, Directory: var directory }:
                return CompileAhead(options, files, directory);
            case HostRequest.Run { Options: var options }:
                return StartApplication(options, args, timings);
            default:
                return HostExecution.Replace(args, PrepareFor(request));
        }
    }

    private static TacPreparation PrepareForFleet(HostOptions options, string file) =>
        TacFile.Prepare(file, PluginPath.SearchDirectories(options), TacCommands.PackagesOf(options), TacCache.Open(), options.Debug);

    /// <summary>Prepares a request for the host, because only the host loads code of a user.</summary>
    private static IReadOnlyList<PreparedApplication> PrepareFor(HostRequest request)
    {
        Handover.RequireNone();
        switch (request)
        {
            case HostRequest.ShowManPage { Options: var options, Plugin: { } plugin }:
                var catalog = PluginCommands.Catalog(options);
                return [PluginPreparation.Of(catalog.Find(plugin) ?? throw PluginErrors.NotFound(plugin, catalog), catalog, PluginCommands.CompilerOf(options))];
            case HostRequest.Check { Options: var options, Files: var files }:
                return [.. files.Select(file => TacCommands.PrepareForCheck(options, file))];
            case HostRequest.WriteUnit { Options: var options, File: var file }:
                return [TacCommands.Prepare(options, file).Tac];
            case HostRequest.WriteKubernetes { Options: var options, File: var file }:
                return [TacCommands.Prepare(options, file).Tac];
            case HostRequest.Export { Options: var options, Directory: var directory }:
                return [.. FleetDirectory.ReadUsable(directory).Select(entry => TacCommands.Prepare(options, entry.Path).Tac)];
            case HostRequest.ShowParameters { Options: var options, File: var file }:
                return [TacCommands.Prepare(options, file).Tac];
            default:
                throw new InvalidOperationException("There is a kind of request that Program does not know.");
        }
    }

    private static int Print(string text)
    {
        Terminal.Write(text);
        return ExitCode.Success;
    }

    /// <summary>Prepares an application and starts the host: as a daemon, or by replacing this process.</summary>
    private static int StartApplication(HostOptions options, string[] args, StartTimings timings)
    {
        // Registered before any slow operation, so that these signals never end the process.
        MaintenanceSignals signals = new();
        Handover.RequireNone();
        GC.KeepAlive(signals);
        if (options.Plugin is { } name)
        {
            var catalog = PluginCommands.Catalog(options);
            if (catalog.Find(name) is { } entry)
            {
                timings.Mark("plugin looked up");
                return PrepareAndStart(options, args, () => (PluginPreparation.Of(entry, catalog, PluginCommands.CompilerOf(options)), "plugin read"), timings);
            }

            // An existing file of that name is then a tac file.
            if (!Path.Exists(name))
                throw PluginErrors.NotFound(name, catalog);
        }

        var file = options.TacFile ?? options.Plugin!;
        if (options.AsksForParameters)
            return HostExecution.Replace(args, TacCommands.Prepare(options, file).Tac);
        Preconditions.Check(options);
        return PrepareAndStart(options, args, () => PrepareTac(options, file), timings);
    }

    /// <summary>Starts an emperor, and prints the state of its deployments.</summary>
    private static int StartEmperor(HostOptions options, string[] args, StartTimings timings)
    {
        Handover.RequireNone();
        EmperorCommand.Prepare(options);
        var exitCode = PrepareAndStart(options, args, () => (new PreparedApplication.Own(), "directory of the fleet"), timings);
        return exitCode == ExitCode.Success ? EmperorCommand.Report(options.Command.Fleet) : exitCode;
    }

    private static int RunOfFleet(HostRequest.OperateFleet request, StartTimings timings)
    {
        var arguments = FleetCommands.ForegroundArguments(request);
        return Execute(HostRequest.Read(arguments), arguments, timings);
    }

    /// <summary>Prepares the source of a running process again. Warnings of the compiler go to its log.</summary>
    private static PreparedApplication PrepareForReload(HostOptions options)
    {
        if (options.Plugin is { } name)
        {
            var catalog = PluginCommands.Catalog(options);
            if (catalog.Find(name) is { } entry)
                return PluginPreparation.Of(entry, catalog, PluginCommands.CompilerOf(options));
            if (!Path.Exists(name))
                throw PluginErrors.NotFound(name, catalog);
        }

        var tac = TacCommands.Prepare(options, options.TacFile ?? options.Plugin!);
        return tac.Tac with { Notices = [.. tac.Tac.Notices, .. tac.Warnings] };
    }

    private static (PreparedApplication Prepared, string Part) PrepareTac(HostOptions options, string file)
    {
        try
        {
            var tac = TacCommands.Prepare(options, file);
            return (tac.Tac, tac.WasCompiled ? "compiled" : "what was compiled before");
        }
        catch (TacHostException e) when (options.LastGood)
        {
            return (LastGood.Open().Require(file, e), "the one that ran last");
        }
    }

    private static int PrepareAndStart(HostOptions options, string[] args, Func<(PreparedApplication Prepared, string Part)> prepare, StartTimings timings)
    {
        using var daemon = options.NoDaemon ? null : DaemonProcess.Start(args);
        var (prepared, part) = prepare();
        timings.Mark(part);
        if (daemon is null)
        {
            ShowTimings(options, $"{timings}then, in the host:\n");
            return HostExecution.Replace(args, prepared);
        }

        var (text, isAnswer) = DaemonRun.Wait(daemon, options, args, prepared);
        if (isAnswer)
            return Print(text);
        timings.Mark("the daemon, until it runs");
        ShowTimings(options, $"{timings}of that in the daemon:\n{text}");
        return ExitCode.Success;
    }

    private static void ShowTimings(HostOptions options, string text)
    {
        if (options.Timings)
            Terminal.WriteError(text);
    }

    private static int CompileAhead(HostOptions options, IReadOnlyList<string> files, string? directory)
    {
        var (done, failures) = CompileCommand.Run(files, PluginPath.SearchDirectories(options), directory, TacCommands.PackagesOf(options), TacCommands.PrintWarnings);
        Print(done);
        foreach (var failure in failures)
            FailureReport.Print(failure, options.Debug);
        return failures.Count == 0 ? ExitCode.Success : failures[0].ExitCode;
    }
}
