namespace TacHost.Scripting;

/// <summary>The way from a tac file to a recipe: out of the cache, or through the compiler.</summary>
internal static class TacFile
{
    /// <summary>Prepares a tac file to be built, in this process or in another. Runs nothing of it.</summary>
    /// <exception cref="TacHostException">It cannot be read or does not compile.</exception>
    public static TacRecipe Prepare(string path, IReadOnlyList<string> libraries)
    {
        var sources = TacSources.Read(path);
        var search = new ReferenceSearch(libraries);
        var cache = TacCache.Open();
        IReadOnlyList<string> notices = cache.Notice is { } notice ? [notice] : [];
        var key = CacheKey.Of(sources, search);
        return cache.Find(key) is { } kept
            ? new TacRecipe(kept with { Source = path }, search.Directories, notices) { WasCompiled = false }
            : new TacRecipe(Compile(path, sources, search, cache, key), search.Directories, notices) { WasCompiled = true };
    }

    private static CompiledTac Compile(string path, TacSources sources, ReferenceSearch search, TacCache cache, string key)
    {
        var compiler = new TacCompiler(sources, search, path);
        var tac = compiler.Compile();
        if (!compiler.ReadMoreThanItsKey)
            cache.Keep(key, tac);
        return tac;
    }
}
