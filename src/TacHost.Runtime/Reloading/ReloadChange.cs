using TacHost.CommandLine;
using TacHost.Hosting;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>The tree that a tac makes now, compared with what runs.</summary>
internal sealed class ReloadChange
{
    private readonly TreeChange _tree;
    private readonly Application _old;

    private ReloadChange(Application old, Application @new, TreeChange tree, LoadPlace place) => (_old, New, _tree, Place) = (old, @new, tree, place);

    /// <summary>Gets the tree that the tac makes now.</summary>
    public Application New { get; }

    /// <summary>Gets where its code is loaded.</summary>
    public LoadPlace Place { get; }

    /// <summary>Gets what a reload does, with reasons.</summary>
    public ReloadPlan Plan => _tree.Plan;

    /// <summary>Evaluates the tac as it was and as it is, and compares. Starts nothing.</summary>
    /// <exception cref="TacHostException">The tac threw, or asks for something that a running process cannot change.</exception>
    public static ReloadChange Make(Deployment deployment, Generations generations, IApplicationRecipe recipe)
    {
        RefuseEffects(recipe);
        RefuseEffects(generations.Recipe);
        var oldPlace = LoadPlace.WithLibrariesOf(generations.Place);
        var newPlace = LoadPlace.Beside(generations.Libraries);

        // The old one first: what a top level sets outside of its tree is then as the new one wants it.
        var (old, failure) = MakeOld(generations.Recipe, oldPlace);
        var @new = Waiting.Result(recipe.BuildAsync(newPlace));
        if (old is null)
            throw new TacHostException(ExitCode.Software, $"the changes cannot be determined, because the previous version of the tac file can no longer be run. Restart the process. {failure!.Message}", failure);
        RefuseUnchangeable(old, @new, deployment.Options, recipe.Source);
        TreeChange tree = new(
            deployment.Application, old, generations.Recipe.Prints, generations.RunningPrints, @new, recipe.Prints,
            () => Waiting.Result(recipe.BuildAsync(LoadPlace.WithLibrariesOf(newPlace))), ContextAssemblies.IsSame);
        return new ReloadChange(old, @new, tree, newPlace);
    }

    /// <summary>Makes the replacement, with all references led to the services that stay.</summary>
    public TreeReplacement MakeReplacement(Application running)
    {
        TreeReplacement replacement = new(running, New, _tree.Staying, _tree.Predecessors, _tree.Leaving);
        _tree.LeadReferences();
        return replacement;
    }

    /// <summary>Takes over what is set at the application itself and can be changed while it runs.</summary>
    public void ApplySettings(Application running)
    {
        if (New.ExitCode != _old.ExitCode)
            running.ExitCode = New.ExitCode;
    }

    /// <summary>Refuses a top level that changes the process, because a reload executes it several times beside the running services, and that of the previous tac file again.</summary>
    private static void RefuseEffects(IApplicationRecipe recipe)
    {
        if (recipe.Effects.Count > 0)
            throw new TacHostException(ExitCode.BadTac, $"the top level of '{recipe.Source}' changes the process, and a reload executes it several times: {string.Join(", ", recipe.Effects)}. Do that in the start of a service, and restart the process.");
    }

    private static (Application? Application, TacHostException? Failure) MakeOld(IApplicationRecipe recipe, LoadPlace place)
    {
        try
        {
            return (Waiting.Result(recipe.BuildAsync(place)), null);
        }
        catch (TacHostException e)
        {
            return (null, e);
        }
    }

    private static void RefuseUnchangeable(Application old, Application @new, HostOptions options, string source)
    {
        if (options.User is null && old.Uid != @new.Uid)
            throw Refused($"the user of the process was {Shown(old.Uid)} and is {Shown(@new.Uid)}");
        if (options.Group is null && old.Gid != @new.Gid)
            throw Refused($"the group of the process was {Shown(old.Gid)} and is {Shown(@new.Gid)}");
        if (old.LoggerFactory.GetType().FullName != @new.LoggerFactory.GetType().FullName || !old.LoggerProviders.Select(provider => provider.GetType().FullName).SequenceEqual(@new.LoggerProviders.Select(provider => provider.GetType().FullName)))
            throw Refused("it has other loggers");
        if (old.Name != @new.Name)
            throw Refused($"the name of the application was '{old.Name}' and is '{@new.Name}'");

        TacHostException Refused(string what) => new(ExitCode.NoPermission, $"'{source}' has changed in what a running process cannot change: {what}. Restart it.");

        static string Shown(int? number) => number is { } known ? $"{known}" : "not set";
    }
}
