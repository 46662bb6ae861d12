using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Daemon;
using TacHost.Hosting;
using TacHost.Interop;
using TacHost.Logging;
using TacHost.Packages;
using TacHost.Plugins;
using TacHost.Scripting;

namespace TacHost;

/// <summary>The <c>tachost</c> program.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        if (args is [OtherUserProgram.Word, ..])
            return OtherUserProgram.Run(args);
        if (args is [JailWarden.Word, ..])
            return JailWarden.Run(args);
        var exitCode = RunCommandLine(args);

        // A service may have left a thread behind that would keep the process for ever.
#pragma warning disable RS0030 // the one place that ends the process
        Environment.Exit(exitCode);
#pragma warning restore RS0030
        return exitCode;
    }

    /// <summary>Reads the command line, executes the request and turns every failure into a message and an exit code.</summary>
    private static int RunCommandLine(string[] args)
    {
        Icu.UseInvariantIfMissing();
        StandardStreams.OpenClosed();
        DiagnosticFiles.RemoveUnlessWanted();
        Warmup.Begin(args);
        var timings = new StartTimings(isAskedFor: Array.Exists(args, static word => word.Length > 2 && "--timings".StartsWith(word, StringComparison.Ordinal)));
        var debug = false;
        try
        {
            var request = HostRequest.Read(args);
            timings.Over("command line");
            debug = request is HostRequest.Run { Options.Debug: true };
            return Execute(request, args, timings);
        }
        catch (TacHostException e)
        {
            PrintError(e, debug);
            return e.ExitCode;
        }
        catch (OutOfMemoryException e)
        {
            Terminal.WriteError($"tachost: {HostProcess.OutOfThreads}{(debug ? $"\n{e}" : "")}\n");
            return ExitCode.OperatingSystem;
        }
        catch (Exception e)
        {
            Terminal.WriteError($"tachost: a defect in the host, please report it: {e}\n");
            return ExitCode.Software;
        }
    }

    private static int Execute(HostRequest request, string[] args, StartTimings timings)
    {
        switch (request)
        {
            case HostRequest.ShowHelp { Options: var options }:
                return Print(HelpText.Make(PluginReport.ForHelp(Catalog(options))));
            case HostRequest.ShowVersion:
                return Print($"tachost {HostVersion.Text} (.NET {Environment.Version})\n");
            case HostRequest.ShowCompletion { Shell: var shell }:
                return Print(Completion.For(shell));
            case HostRequest.ShowManPage { Plugin: null }:
                return Print(ManPage.Make());
            case HostRequest.ShowManPage { Options: var options, Plugin: { } plugin }:
                return Print(PreparePlugin(plugin, options with { Words = ["--help"] }, asManPage: true)!.Answer!);
            case HostRequest.ListTemplates:
                return NewCommand.List();
            case HostRequest.New { Template: var template, Name: var file }:
                return NewCommand.Write(template, file);
            case HostRequest.Check { Options: var options, Files: var files }:
                return CheckCommand.Run(options, files);
            case HostRequest.ShowTree { Options: var options, Name: var name }:
                return TreeCommand.TryRun(name, options.Command) ?? CheckCommand.ShowTree(options, name!);
            case HostRequest.Operate operate:
                return OperatorCommands.Run(operate);
            case HostRequest.Restore { Options: var options, Files: var files }:
                return TacCommands.Restore(options, files, failure => PrintError(failure, options.Debug));
            case HostRequest.ShowParameters { Options: var options, File: var file }:
                return TacCommands.ShowParameters(options, file);
            case HostRequest.ShowPlugins { Options: var options, Question: var question, Name: var name }:
                return Answer(question, name ?? "", options);
            case HostRequest.Compile { Options: var options, Files: var files, Directory: var directory }:
                return CompileAhead(options, files, directory);
            case HostRequest.Run { Options: var options }:
                return StartApplication(options, args, timings);
            default:
                throw new InvalidOperationException("There is a kind of request that Program does not know.");
        }
    }

    private static int Print(string text)
    {
        Terminal.Write(text);
        return ExitCode.Success;
    }

    private static void PrintError(TacHostException e, bool debug) =>
        Terminal.WriteError(JournalStream.AsErrorIfThere($"tachost: {OneLine.Printable(e.TextWith(debug))}") + "\n");

    /// <summary>Runs the application that another tachost process prepared, or prepares one.</summary>
    private static int StartApplication(HostOptions options, string[] args, StartTimings timings)
    {
        // Registered before anything that takes time, so that none of them ends the process at any moment of its life.
        var signals = new OtherSignals();
        if (Handover.Take() is { } handover)
        {
            timings.Over("what the first process has prepared");
            return RunInThisProcess(options, options.Plugin is null ? TacCommands.Received(handover.Recipe, options) : PluginRecipe.FromBytes(handover.Recipe), handover.Report, signals, timings);
        }

        if (options.Plugin is { } name && PreparePlugin(name, options) is { } plugin)
        {
            if (plugin.Answer is { } answer)
                return Print(answer);
            timings.Over("plugin and its options");
            return PrepareAndStart(options, args, () => plugin, signals, timings);
        }

        if (TacCommands.AsksForHelp(options))
            return TacCommands.ShowParameters(options, options.TacFile ?? options.Plugin!);
        return PrepareAndStart(options, args, () => TacCommands.Prepare(options), signals, timings);
    }

    /// <summary>Prepares the application and starts it in its process: a daemon, this process, or a fresh one under the same id.</summary>
    private static int PrepareAndStart(HostOptions options, string[] args, Func<IApplicationRecipe> prepare, OtherSignals signals, StartTimings timings)
    {
        Preconditions.Check(options);
        using var daemon = options.NoDaemon ? null : DaemonProcess.Start(args);
        var recipe = prepare();
        timings.Over(recipe.WasCompiled ? "compiled" : "what was compiled before");
        if (daemon is not null)
        {
            var inDaemon = WaitForDaemon(daemon, options, recipe);
            timings.Over("the daemon, until it runs");
            ShowTimings(options, $"{timings}of that in the daemon:\n{inDaemon}");
            return ExitCode.Success;
        }

        // The compiler stays in memory once it is loaded; a fresh process is as small as after a cached start.
        if (recipe.WasCompiled)
        {
            ShowTimings(options, $"{timings}then, in a process without the compiler:\n");
            using var handedOn = Handover.MemoryFile();
            Handover.Write(handedOn, recipe.ToBytes());
            SelfExecution.Replace(args, handedOn);
        }

        return RunInThisProcess(options, recipe, report: null, signals, timings);
    }

    private static int CompileAhead(HostOptions options, IReadOnlyList<string> files, string? directory)
    {
        var (done, failures) = AheadOfTime.Compile(files, PluginPath.SearchDirectories(options), directory, TacCommands.PackagesOf(options), TacCommands.PrintWarnings);
        Print(done);
        foreach (var failure in failures)
            PrintError(failure, options.Debug);
        return failures.Count == 0 ? ExitCode.Success : failures[0].ExitCode;
    }

    private static void ShowTimings(HostOptions options, string text)
    {
        if (options.Timings)
            Terminal.WriteError(text);
    }

    private static PluginCatalog Catalog(HostOptions options) => new(options, Compile);

    private static CompiledScript Compile(string path, IReadOnlyList<string> directories) => TacCommands.Prepare(path, directories, new PackageOptions()).Script;

    private static int Answer(PluginQuestion question, string name, HostOptions options)
    {
        switch (question)
        {
            case PluginQuestion.Names:
                return Print(PluginReport.Names(Catalog(options)));
            case PluginQuestion.Options:
                return Print(PluginReport.Options(Catalog(options), name));
            case PluginQuestion.Why:
                var (text, exitCode) = PluginDoctor.Explain(name, Catalog(options), options, Compile);
                Print(text);
                return exitCode;
            default:
                return Print(PluginReport.List(Catalog(options)));
        }
    }

    /// <summary>Null if there is no such plugin but something in the file system, which is then taken for a tac file.</summary>
    private static PluginRecipe? PreparePlugin(string name, HostOptions options, bool asManPage = false)
    {
        var catalog = Catalog(options);
        if (catalog.Find(name) is { } entry)
            return PluginRecipe.Prepare(entry, catalog, options, Compile, asManPage);
        return Path.Exists(name) && !asManPage ? null : throw PluginErrors.NotFound(name, catalog);
    }

    /// <summary>Hands the application to the daemon and waits until the daemon reports that it runs.</summary>
    /// <returns>The daemon's timings.</returns>
    private static string WaitForDaemon(DaemonProcess daemon, HostOptions options, IApplicationRecipe recipe)
    {
        using var signals = new ShutdownSignals((_, _) => { });
        try
        {
            return daemon.Run(recipe.ToBytes(), options.PidFile, new DaemonPatience(options.StartTimeout, options.Grace, signals.Requested, signals.Repeated));
        }
        catch (OperationCanceledException)
        {
            throw new TacHostException(signals.ExitCode, $"interrupted by {signals.First}; the daemon has been stopped.");
        }
    }

    private static int RunInThisProcess(HostOptions options, IApplicationRecipe recipe, StartupReport? report, OtherSignals signals, StartTimings timings)
    {
        using (report)
        {
            var process = new HostProcess(options, report, signals, timings) { Show = Terminal.WriteError };
            try
            {
                var exitCode = process.Run(new Deployment(options, recipe));
                if (process.EndingSignal != 0)
                    Libc.EndBySignal(process.EndingSignal);
                return exitCode;
            }
            catch (TacHostException e) when (report is not null)
            {
                // Reported and logged. A daemon's standard error is its log, which would have the reason once more, behind its last line.
                return e.ExitCode;
            }
        }
    }
}
