using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Plugins;
using TacHost.Reloading;

namespace TacHost;

/// <summary>The part of a reload that happens in another process: makes the tree of what the command has prepared, to see that it can be made.</summary>
internal static class ReloadTrial
{
    /// <summary>Executes the command line that <see cref="RecipePreparation"/> describes, and reports.</summary>
    public static int Run(string[] args)
    {
        if (args.Length < 3 || Handover.TakeForAnswer() is not var (file, pipe))
            return ExitCode.Usage;
        using StartupReport report = new(pipe);
        try
        {
            var options = ((HostRequest.Run)HostRequest.Read(args[2..])).Options;
            var recipe = RecipeOf(Handover.Read(file)![0], options, args[1]);
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
        return new Reloader(stopping => PrepareElsewhereAsync(options, args, directory, stopping));
    }

    private static async Task<IApplicationRecipe> PrepareElsewhereAsync(HostOptions options, string[] args, string directory, CancellationToken stopping)
    {
        var preparation = Task.Factory.StartNew(
            () => RecipePreparation.Run(args, directory, options.StartTimeout, stopping),
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        try
        {
            return RecipeOf(await preparation, options, directory);
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
