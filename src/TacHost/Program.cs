using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Hosting;
using TacHost.Interop;
using TacHost.Logging;
using TacHost.Plugins;
using TacHost.Scripting;

namespace TacHost;

/// <summary>The <c>tachost</c> program.</summary>
internal static class Program
{
    private const uint OnlyTheOwner = 0x3F; // 077, twistd's default for a daemon

    public static int Main(string[] args)
    {
        if (args is [OtherUserProgram.Word, ..])
            return OtherUserProgram.Run(args);
        var exitCode = Run(args);

        // A service may have left a thread behind that would keep the process for ever.
#pragma warning disable RS0030 // the one place that ends the process
        Environment.Exit(exitCode);
#pragma warning restore RS0030
        return exitCode;
    }

    private static int Run(string[] args)
    {
        var debug = false;
        try
        {
            var request = HostRequest.Read(args);
            debug = request is HostRequest.Run { Options.Debug: true };
            return RunAsync(request, args).GetAwaiter().GetResult();
        }
        catch (TacHostException e)
        {
            Console.Error.WriteLine(JournalStream.AsErrorIfThere($"tachost: {OneLine.Printable(e.TextWith(debug))}"));
            return e.ExitCode;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"tachost: a defect in the host, please report it: {e}");
            return ExitCode.Software;
        }
    }

    private static async Task<int> RunAsync(HostRequest request, string[] args)
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
                return Print((await PreparePluginAsync(plugin, options with { PluginWords = ["--help"] }, asManPage: true))!.Answer!);
            case HostRequest.ShowPlugins { Options: var options, Question: var question, Name: var name }:
                return await AnswerAsync(question, name ?? "", options);
            case HostRequest.Run { Options: var options }:
                return await StartAsync(options, args);
            default:
                throw new InvalidOperationException("There is a kind of request that Program does not know.");
        }
    }

    private static int Print(string text)
    {
        Console.Out.Write(text);
        return ExitCode.Success;
    }

    /// <summary>Prepares the application and brings it into the process it is to run in: a daemon's, this one, or a fresh one under this id.</summary>
    private static async Task<int> StartAsync(HostOptions options, string[] args)
    {
        // Registered before anything that takes time, so that none of them ends the process at any moment of its life.
        var signals = new OtherSignals();
        if (Handover.Take() is { } handover)
            return await RunHereAsync(options, options.Plugin is null ? TacRecipe.FromBytes(handover.Recipe) : PluginRecipe.FromBytes(handover.Recipe), handover.Report, signals);

        IApplicationRecipe recipe;
        if (options.Plugin is { } name && await PreparePluginAsync(name, options) is { } plugin)
        {
            if (plugin.Answer is { } answer)
                return Print(answer);
            Preconditions.Check(options);
            recipe = plugin;
        }
        else
        {
            Preconditions.Check(options);
            recipe = TacFile.Prepare(options.TacFile ?? options.Plugin!, PluginPath.SearchDirectories(options));
        }

        if (!options.NoDaemon)
        {
            await StartDaemonAsync(options, recipe, args);
            return ExitCode.Success;
        }

        // The compiler stays in memory once it is loaded; a fresh process is as small as after a cached start.
        if (recipe.WasCompiled)
        {
            using var handedOn = Handover.InMemory(recipe.ToBytes());
            SelfExecution.Replace(args, handedOn);
        }

        return await RunHereAsync(options, recipe, report: null, signals);
    }

    private static PluginCatalog Catalog(HostOptions options) => new(options, Compile);

    private static CompiledScript Compile(string path, IReadOnlyList<string> directories) => TacFile.Prepare(path, directories).Script;

    private static async Task<int> AnswerAsync(PluginQuestion question, string name, HostOptions options)
    {
        switch (question)
        {
            case PluginQuestion.Names:
                return Print(PluginReport.Names(Catalog(options)));
            case PluginQuestion.Options:
                return Print(PluginReport.Options(Catalog(options), name));
            case PluginQuestion.Why:
                var (text, exitCode) = await PluginDoctor.ExplainAsync(name, Catalog(options), options, Compile);
                Print(text);
                return exitCode;
            default:
                return Print(PluginReport.List(Catalog(options)));
        }
    }

    /// <summary>Null if there is no such plugin but something in the file system, which is then taken for a tac file.</summary>
    private static async Task<PluginRecipe?> PreparePluginAsync(string name, HostOptions options, bool asManPage = false)
    {
        var catalog = Catalog(options);
        if (catalog.Find(name) is { } entry)
            return await PluginRecipe.PrepareAsync(entry, catalog, options, Compile, asManPage);
        return Path.Exists(name) && !asManPage ? null : throw PluginErrors.NotFound(name, catalog);
    }

    private static async Task StartDaemonAsync(HostOptions options, IApplicationRecipe recipe, string[] args)
    {
        using var signals = new ShutdownSignals((_, _) => { });
        try
        {
            await DaemonProcess.StartAsync(args, recipe.ToBytes(), options.PidFile, new DaemonPatience(options.StartTimeout, options.Grace, signals.Requested, signals.Repeated));
        }
        catch (OperationCanceledException)
        {
            throw new TacHostException(signals.ExitCode, $"interrupted by {signals.First}; the daemon has been stopped.");
        }
    }

    private static async Task<int> RunHereAsync(HostOptions options, IApplicationRecipe recipe, StartupReport? report, OtherSignals signals)
    {
        if ((options.Umask ?? (report is null ? null : OnlyTheOwner)) is { } umask)
            _ = Libc.SetUmask(umask);
        using (report)
        {
            var host = new ApplicationHost(options, recipe, report, signals);
            try
            {
                var exitCode = await host.RunAsync();
                if (host.EndingSignal != 0)
                    Libc.EndBySignal(host.EndingSignal);
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
