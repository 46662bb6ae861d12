using System.Runtime.ExceptionServices;

namespace TacHost.Scripting;

/// <summary>The way from a tac file to a recipe: out of the cache, or through the compiler.</summary>
internal static class TacFile
{
    /// <summary>Prepares a tac file to be built, in this process or in another. Runs nothing of it.</summary>
    /// <exception cref="TacHostException">It cannot be read or does not compile.</exception>
    public static TacRecipe Prepare(string path, IReadOnlyList<string> directories) => Prepare(path, directories, TacCache.Open());

    /// <summary>The same with a certain cache.</summary>
    public static TacRecipe Prepare(string path, IReadOnlyList<string> directories, TacCache cache)
    {
        var sources = TacSources.Read(path);
        var search = new ReferenceSearch(directories);
        var key = CacheKey.Of(sources, search);
        var kept = cache.Find(key);
        IReadOnlyList<string> warnings = [];
        var tac = kept ?? Compile(path, sources, search, cache, key, out warnings);
        IReadOnlyList<string> notices = cache.Notice is { } notice ? [notice] : [];
        return new TacRecipe(tac with { Source = path }, search.Directories, notices) { WasCompiled = kept is null, Sources = [.. sources.Files.Keys], Warnings = warnings };
    }

    private static CompiledTac Compile(string path, TacSources sources, ReferenceSearch search, TacCache cache, string key, out IReadOnlyList<string> warnings)
    {
        CompilerWarmup.Begin();
        var compiler = new TacCompiler(sources, search, path);
        var tac = OnDeepStack(compiler.Compile);
        warnings = compiler.Warnings;
        if (!compiler.ReadMoreThanItsKey)
            cache.Keep(key, tac);
        return tac;
    }

    /// <summary>The compiler recurses as deep as the source is nested, which an ordinary stack does not bear.</summary>
    private static CompiledTac OnDeepStack(Func<CompiledTac> compile)
    {
        const int stackSize = 256 * 1024 * 1024; // reserved, and used only where needed
        CompiledTac? result = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = compile();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            stackSize);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
