using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Plugins;
using TacHost.Reloading;
using TacHost.Scripting;

namespace TacHost;

/// <summary>The trial of a reload in another process: makes the tree of the prepared tac file once.</summary>
internal static class ReloadTrial
{
    /// <summary>Executes the command line that <see cref="PreparationProcess"/> describes, and reports.</summary>
    public static int Run(string[] args)
    {
        if (Handover.TakeForAnswer() is not var (file, pipe))
            return ExitCode.Usage;
        using StartupReport report = new(pipe);
        return report.Guard("host", () =>
        {
            if (PreparationArguments.TryRead(args) is not var (options, directory, _))
                return ExitCode.Usage;
            var source = SourceOf(Handover.Read(file)![0], options, directory);
            RunDirectory.Enter(options.RunDirectory);
            Try(source, options);
            report.Running("");
            return ExitCode.Success;
        });
    }

    /// <summary>Returns what executes the reloads of a process. The directory is kept, because the process may change its own.</summary>
    public static Reloader ReloaderFor(HostOptions options, string[] args)
    {
        var directory = Path.Exists(".") ? Environment.CurrentDirectory : "/";
        return new Reloader((running, file, stopping) => PrepareElsewhereAsync(options, args, directory, running, file, stopping));
    }

    private static async Task<IApplicationSource> PrepareElsewhereAsync(HostOptions options, string[] args, string directory, IApplicationSource? running, string? file, CancellationToken stopping)
    {
        var newOptions = PreparationArguments.With(options, file);
        var tried = running is not TacApplicationSource tac || tac.HasValues(TacApplicationSources.ParametersOf(newOptions, directory)) ? running?.CodeFingerprint : null;
        var preparation = Task.Factory.StartNew(
            () => PreparationProcess.Run(args, directory, file, tried, options.StartTimeout, stopping),
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        try
        {
            return SourceOf(await preparation, newOptions, directory);
        }
        catch (OperationCanceledException e)
        {
            throw new TacHostException(ExitCode.TimedOut, "the reload was interrupted, because the application stops.", e);
        }
    }

    private static IApplicationSource SourceOf(PreparedApplication prepared, HostOptions options, string directory) =>
        prepared is PreparedApplication.Plugin plugin ? PluginApplicationSource.OfTried(plugin, options.Words, directory) : TacApplicationSources.Of(prepared, options, directory);

    private static void Try(IApplicationSource source, HostOptions options)
    {
        var building = Task.Run(() => source.BuildAsync(source.Place));
        if (!building.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the top level of '{source.Origin}' did not end within {options.StartTimeout.TotalSeconds:0.###} s. Look for a loop or a wait in it; a tac file only builds the tree.");
        building.GetAwaiter().GetResult();
    }
}
