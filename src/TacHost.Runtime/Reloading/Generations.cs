using TacHost.Loading;

namespace TacHost.Reloading;

/// <summary>The code that an application runs: that of its tac as it is now, and of tacs before it, of which services have stayed.</summary>
internal sealed class Generations
{
    private readonly List<(WeakReference<IsolatedLoadContext> Context, CodePrints Prints)> _all = [];

    public Generations(IApplicationSource first, DateTimeOffset since)
    {
        (Source, Place, History) = (first, first.Place, new DeploymentHistory(first, since));
        Libraries = Place.Shared ?? new LoadedLibraries();
        Libraries.Add(Place.Context!);
        Remember();
    }

    public IApplicationSource Source { get; private set; }

    public LoadPlace Place { get; private set; }

    public DeploymentHistory History { get; }

    public LoadedLibraries Libraries { get; }

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

    /// <summary>Notes that another source runs now.</summary>
    public void Advance(IApplicationSource source, LoadPlace place)
    {
        (Source, Place) = (source, place);
        Remember();
    }

    /// <summary>Forgets code that is unloaded.</summary>
    private void Remember()
    {
        _all.RemoveAll(each => !each.Context.TryGetTarget(out _));
        _all.Add((new WeakReference<IsolatedLoadContext>(Place.Context!), Source.Prints));
    }
}
