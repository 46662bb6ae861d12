using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Plugins;
using TacHost.Reloading;
using TacHost.Scripting;

namespace TacHost;

/// <summary>The part of a reload that happens in another process: makes the tree of what the command has prepared, to see that it can be made.</summary>
internal static class ReloadTrial
{
    /// <summary>Executes the command line that <see cref="RecipePreparation"/> describes, and reports.</summary>
    public static int Run(string[] args)
    {
        if (Handover.TakeForAnswer() is not var (file, pipe))
            return ExitCode.Usage;
        using StartupReport report = new(pipe);
        try
        {
            if (PreparationArguments.TryRead(args) is not var (options, directory, _))
                return ExitCode.Usage;
            var recipe = RecipeOf(Handover.Read(file)![0], options, directory);
            RunDirectory.Enter(options.RunDirectory);
            Try(recipe, options);
            report.Running("");
            return ExitCode.Success;
        }
        catch (TacHostException e)
        {
            report.Failed(e.ExitCode, e.Message);
            return e.ExitCode;
        }
        catch (Exception e)
        {
            report.Failed(ExitCode.Software, $"a defect in the host, please report it: {e}");
            return ExitCode.Software;
        }
    }

    /// <summary>Returns what executes the reloads of a process. The directory is kept, because the process may change its own.</summary>
    public static Reloader ReloaderFor(HostOptions options, string[] args)
    {
        var directory = Path.Exists(".") ? Environment.CurrentDirectory : "/";
        return new Reloader((running, file, stopping) => PrepareElsewhereAsync(options, args, directory, running, file, stopping));
    }

    private static async Task<IApplicationRecipe> PrepareElsewhereAsync(HostOptions options, string[] args, string directory, IApplicationRecipe? running, string? file, CancellationToken stopping)
    {
        var newOptions = PreparationArguments.With(options, file);
        var tried = running is not TacRecipe tac || tac.HasValues(TacRecipes.ParametersOf(newOptions, directory)) ? running?.CodeFingerprint : null;
        var preparation = Task.Factory.StartNew(
            () => RecipePreparation.Run(args, directory, file, tried, options.StartTimeout, stopping),
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        try
        {
            return RecipeOf(await preparation, newOptions, directory);
        }
        catch (OperationCanceledException e)
        {
            throw new TacHostException(ExitCode.TimedOut, "the reload was interrupted, because the application stops.", e);
        }
    }

    private static IApplicationRecipe RecipeOf(Prepared prepared, HostOptions options, string directory) =>
        prepared is Prepared.Plugin plugin ? PluginRecipe.OfTried(plugin, options.Words, directory) : TacRecipes.Of(prepared, options, directory);

    private static void Try(IApplicationRecipe recipe, HostOptions options)
    {
        var building = Task.Run(() => recipe.BuildAsync(recipe.Place));
        if (!building.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the top level of '{recipe.Source}' did not end within {options.StartTimeout.TotalSeconds:0.###} s. Look for a loop or a wait in it; a tac file only builds the tree.");
        building.GetAwaiter().GetResult();
    }
}
