using TacHost.Loading;

namespace TacHost.Reloading;

/// <summary>The code that an application runs: that of its tac as it is now, and of tacs before it, of which services have stayed.</summary>
internal sealed class Generations
{
    private readonly List<(WeakReference<IsolatedLoadContext> Context, CodePrints Prints)> _all = [];

    /// <param name="first">The recipe of the start.</param>
    /// <param name="since">The time of the start.</param>
    public Generations(IApplicationRecipe first, DateTimeOffset since)
    {
        (Recipe, Place, History) = (first, first.Place, new DeploymentHistory(first, since));
        Libraries.Add(Place.Context!);
        Remember();
    }

    /// <summary>Gets the recipe of what runs.</summary>
    public IApplicationRecipe Recipe { get; private set; }

    /// <summary>Gets where its code is loaded.</summary>
    public LoadPlace Place { get; private set; }

    /// <summary>Gets the deployments that ran.</summary>
    public DeploymentHistory History { get; }

    /// <summary>Gets the libraries that are loaded.</summary>
    public LoadedLibraries Libraries { get; } = new();

    /// <summary>Gets the prints of all code that may run.</summary>
    public CodePrints RunningPrints
    {
        get
        {
            CodePrints all = new();
            foreach (var (_, prints) in _all)
                all.AddAll(prints);
            return all;
        }
    }

    /// <summary>Notes that another recipe runs now.</summary>
    public void Advance(IApplicationRecipe recipe, LoadPlace place)
    {
        (Recipe, Place) = (recipe, place);
        Remember();
    }

    /// <summary>Forgets code that is unloaded.</summary>
    private void Remember()
    {
        _all.RemoveAll(each => !each.Context.TryGetTarget(out _));
        _all.Add((new WeakReference<IsolatedLoadContext>(Place.Context!), Recipe.Prints));
    }
}
