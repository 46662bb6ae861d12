using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Hosting;
using TacHost.Interop;
using TacHost.Logging;
using TacHost.Scripting;

namespace TacHost;

/// <summary>The <c>tachost</c> program.</summary>
internal static class Program
{
    private const uint OnlyTheOwner = 0x3F; // 077, twistd's default for a daemon

    public static int Main(string[] args)
    {
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
            case HostRequest.ShowHelp:
                return Print(HelpText.Make());
            case HostRequest.ShowVersion:
                return Print($"tachost {HostVersion.Text} (.NET {Environment.Version})\n");
            case HostRequest.ShowCompletion { Shell: var shell }:
                return Print(Completion.For(shell));
            case HostRequest.ShowManPage:
                return Print(ManPage.Make());
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
            return await RunHereAsync(options, TacRecipe.FromBytes(handover.Recipe), handover.Report, signals);

        Preconditions.Check(options);
        var recipe = TacFile.Prepare(options.TacFile!, options.SearchDirectories);
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

    private static async Task StartDaemonAsync(HostOptions options, TacRecipe recipe, string[] args)
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

    private static async Task<int> RunHereAsync(HostOptions options, TacRecipe recipe, StartupReport? report, OtherSignals signals)
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
