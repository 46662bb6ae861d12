using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>The way from a tac file to its code: out of the cache, or through the compiler.</summary>
internal static class TacFile
{
    /// <summary>Prepares a tac file to be built, in this process or in another. Runs nothing of it.</summary>
    /// <param name="path">The tac file.</param>
    /// <param name="directories">Where assemblies are looked for.</param>
    /// <param name="packages">How packages are restored.</param>
    /// <param name="cache">Where what is compiled is kept.</param>
    /// <param name="isForDebugger">Whether the code is left as it is written, so that a debugger can follow it.</param>
    /// <exception cref="TacHostException">It cannot be read, its packages cannot be had, or it does not compile.</exception>
    public static TacPreparation Prepare(string path, IReadOnlyList<string> directories, PackageOptions packages, TacCache cache, bool isForDebugger = false)
    {
        var sources = TacSources.Read(path);
        var search = new ReferenceSearch(directories);
        var key = CacheKey.Of(sources, search, LockOf(sources), isForDebugger);
        var tac = cache.Find(key);
        IReadOnlyList<string> warnings = [];
        var wasCompiled = false;
        if (tac is null || (sources.Packages.Count > 0 && !AreThere(tac.Libraries)))
        {
            PackageSet? set = null;
            if (sources.Packages.Count > 0)
            {
                set = Restore(sources, packages);
                key = CacheKey.Of(sources, search, LockOf(sources), isForDebugger);
                tac = cache.Find(key);
            }

            if (tac is null || !AreThere(tac.Libraries))
            {
                tac = Compile(path, sources, search, set, isForDebugger, cache, key, out warnings);
                wasCompiled = true;
            }
        }

        IReadOnlyList<string> notices = cache.Notice is { } notice ? [notice] : [];
        return new TacPreparation(new Prepared.Tac(tac with { Source = path }, search.Directories, notices), wasCompiled, [.. sources.Files.Keys], warnings);
    }

    /// <summary>Restores the packages of a tac file; null if it asks for none.</summary>
    /// <exception cref="TacHostException">It cannot be read, or its packages cannot be had.</exception>
    public static PackageSet? Restore(string path, PackageOptions options)
    {
        var sources = TacSources.Read(path);
        return sources.Packages.Count == 0 ? null : Restore(sources, options);
    }

    /// <summary>Apart, because a method that names NuGet loads it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
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

    /// <summary>Apart, because a method that names the compiler loads it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CompiledTac Compile(string path, TacSources sources, ReferenceSearch search, PackageSet? packages, bool isForDebugger, TacCache cache, string key, out IReadOnlyList<string> warnings)
    {
        TacCompiler compiler = new(sources, search, packages, path, isForDebugger);
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
