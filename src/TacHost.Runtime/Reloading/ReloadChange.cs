using TacHost.CommandLine;
using TacHost.Hosting;
using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Infrastructure;

namespace TacHost.Reloading;

/// <summary>The comparison of the tree that a tac makes now with the running tree.</summary>
internal sealed class ReloadChange
{
    private readonly TreeChange _tree;
    private readonly Application _old;

    private ReloadChange(Application old, Application @new, TreeChange tree, LoadPlace place) => (_old, New, _tree, Place) = (old, @new, tree, place);

    /// <summary>Gets the tree that the tac makes now.</summary>
    public Application New { get; }

    public LoadPlace Place { get; }

    public ReloadPlan Plan => _tree.Plan;

    /// <summary>Evaluates the old and the new tac and compares them, but starts nothing.</summary>
    /// <exception cref="TacHostException">The tac threw an exception, or needs a change that a running process cannot make.</exception>
    public static ReloadChange Make(Deployment deployment, Generations generations, IApplicationSource source)
    {
        RefuseEffects(source);
        RefuseEffects(generations.Source);
        var oldPlace = LoadPlace.WithLibrariesOf(generations.Place);
        var newPlace = LoadPlace.Beside(generations.Libraries);

        // The old one first, so that values set outside of the tree are those of the new one.
        var (old, failure) = MakeOld(generations.Source, oldPlace);
        var @new = BlockingWait.Result(source.BuildAsync(newPlace));
        if (old is null)
            throw new TacHostException(ExitCode.Software, $"the changes cannot be determined, because the previous version of the tac file can no longer be run. Restart the process. {failure!.Message}", failure);
        RefuseUnchangeable(old, @new, deployment.Options, source.Origin);
        TreeChange tree = new(
            deployment.Application, old, generations.Source.Prints, generations.RunningPrints, @new, source.Prints,
            () => BlockingWait.Result(source.BuildAsync(LoadPlace.WithLibrariesOf(newPlace))), ContextAssemblies.IsSame);
        return new ReloadChange(old, @new, tree, newPlace);
    }

    /// <summary>Makes the replacement, with all references led to the services that stay.</summary>
    public TreeReplacement MakeReplacement(Application running)
    {
        TreeReplacement replacement = new(running, New, _tree.Staying, _tree.Predecessors, _tree.Leaving);
        _tree.LeadReferences();
        return replacement;
    }

    /// <summary>Copies the properties of the application that can change while it runs.</summary>
    public void ApplySettings(Application running)
    {
        if (New.ExitCode != _old.ExitCode)
            running.ExitCode = New.ExitCode;
    }

    /// <summary>Refuses a top level that changes the process, because a reload executes it several times beside the running services, and that of the previous tac file again.</summary>
    private static void RefuseEffects(IApplicationSource source)
    {
        if (source.Effects.Count > 0)
            throw new TacHostException(ExitCode.BadTac, $"the top level of '{source.Origin}' changes the process, and a reload executes it several times: {string.Join(", ", source.Effects.Select(SourceLine.Shortened))}. Do that in the start of a service, and restart the process.");
    }

    private static (Application? Application, TacHostException? Failure) MakeOld(IApplicationSource source, LoadPlace place)
    {
        try
        {
            return (BlockingWait.Result(source.BuildAsync(place)), null);
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
        if (old.LogFile != @new.LogFile)
            throw Refused("it has other settings of the log file");
        if (old.Name != @new.Name)
            throw Refused($"the name of the application was '{old.Name}' and is '{@new.Name}'");

        TacHostException Refused(string what) => new(ExitCode.NoPermission, $"'{source}' has changed in what a running process cannot change: {what}. Restart it.");

        static string Shown(int? number) => number is { } known ? $"{known}" : "not set";
    }
}
