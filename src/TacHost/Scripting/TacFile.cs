using System.Runtime.ExceptionServices;
using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>The way from a tac file to a recipe: out of the cache, or through the compiler.</summary>
internal static class TacFile
{
    /// <summary>Prepares a tac file to be built, in this process or in another. Runs nothing of it.</summary>
    /// <exception cref="TacHostException">It cannot be read, its packages cannot be had, or it does not compile.</exception>
    public static TacRecipe Prepare(string path, IReadOnlyList<string> directories, PackageOptions packages) => Prepare(path, directories, packages, TacCache.Open());

    /// <summary>The same with a certain cache.</summary>
    public static TacRecipe Prepare(string path, IReadOnlyList<string> directories, PackageOptions packages, TacCache cache)
    {
        var sources = TacSources.Read(path);
        var search = new ReferenceSearch(directories);
        var key = CacheKey.Of(sources, search, LockOf(sources));
        var tac = cache.Find(key);
        IReadOnlyList<string> warnings = [];
        var wasCompiled = false;
        if (tac is null || (sources.Packages.Count > 0 && !AreThere(tac.Libraries)))
        {
            PackageSet? set = null;
            if (sources.Packages.Count > 0)
            {
                set = Restore(sources, packages);
                key = CacheKey.Of(sources, search, LockOf(sources));
                tac = cache.Find(key);
            }

            if (tac is null || !AreThere(tac.Libraries))
            {
                tac = Compile(path, sources, search, set, cache, key, out warnings);
                wasCompiled = true;
            }
        }

        IReadOnlyList<string> notices = cache.Notice is { } notice ? [notice] : [];
        return new TacRecipe(tac with { Source = path }, search.Directories, notices) { WasCompiled = wasCompiled, Sources = [.. sources.Files.Keys], Warnings = warnings };
    }

    /// <summary>Restores the packages of a tac file; null if it asks for none.</summary>
    /// <exception cref="TacHostException">It cannot be read, or its packages cannot be had.</exception>
    public static PackageSet? Restore(string path, PackageOptions options)
    {
        var sources = TacSources.Read(path);
        return sources.Packages.Count == 0 ? null : Restore(sources, options);
    }

    private static PackageSet Restore(TacSources sources, PackageOptions options) =>
        new PackageRestore(sources.Main.Path, sources.Packages, sources.PackageSources, options).Run(PackageLock.Read(PackageLock.PathOf(sources.Main.Path)));

    /// <summary>The lock file as bytes: a cached start does without what reads it.</summary>
    private static byte[] LockOf(TacSources sources)
    {
        if (sources.Packages.Count == 0)
            return [];
        try
        {
            return File.ReadAllBytes(PackageLock.PathOf(sources.Main.Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool AreThere(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            if (!File.Exists(file))
                return false;
        }

        return true;
    }

    private static CompiledTac Compile(string path, TacSources sources, ReferenceSearch search, PackageSet? packages, TacCache cache, string key, out IReadOnlyList<string> warnings)
    {
        CompilerWarmup.Begin();
        var compiler = new TacCompiler(sources, search, packages, path);
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
