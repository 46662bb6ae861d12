using System.Reflection;

namespace TacHost.Loading;

/// <summary>The load context of one evaluation, and the libraries that it uses.</summary>
/// <remarks>The code of a start stays loaded. That of a reload is unloaded with the last service of it (docs/adr/0039).</remarks>
internal sealed class LoadPlace
{
    private readonly IsolatedLoadContext? _bound;
    private readonly LoadedLibraries? _loaded;

    private LoadPlace(IsolatedLoadContext? bound, LoadedLibraries? loaded) => (_bound, _loaded) = (bound, loaded);

    public LoadedLibraries? Shared => _loaded;

    /// <summary>Gets the context, once the code is loaded.</summary>
    public IsolatedLoadContext? Context { get; private set; }

    /// <summary>Returns a place for code that stays loaded, with libraries of its own.</summary>
    public static LoadPlace ForStart() => new(null, null);

    /// <summary>Returns a place for code that shares the loaded libraries of other code, even if their files have changed.</summary>
    public static LoadPlace WithLibrariesOf(LoadPlace other) =>
        new(other.Context ?? throw new InvalidOperationException("The other code is not loaded yet."), null);

    /// <summary>Returns a place for code that uses the libraries as they are in the file system now. Those that are loaded already are shared.</summary>
    public static LoadPlace Beside(LoadedLibraries loaded) => new(null, loaded);

    public IsolatedLoadContext Create(string name, Assembly contract, IReadOnlyList<string> libraries, IReadOnlyList<string> directories)
    {
        Context = new IsolatedLoadContext(name, contract, libraries, directories, isCollectible: _bound is not null || _loaded is not null)
        {
            Bound = _bound,
            Loaded = _loaded,
        };
        _loaded?.Add(Context);
        return Context;
    }
}
