using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>The way from a tac file to its code: out of the cache, or through the compiler.</summary>
internal static class TacFile
{
    /// <summary>Prepares a tac file to be built in this process or another. Does not execute the file.</summary>
    /// <param name="path">The path of the tac file.</param>
    /// <param name="directories">The directories that are searched for assemblies.</param>
    /// <param name="packages">The options of the package restore.</param>
    /// <param name="cache">The cache of compiled tac files.</param>
    /// <param name="isForDebugger">True to disable optimizations, so that a debugger can follow the code.</param>
    /// <exception cref="TacHostException">The file cannot be read, its packages cannot be restored, or it does not compile.</exception>
    public static TacPreparation Prepare(string path, IReadOnlyList<string> directories, PackageOptions packages, TacCache cache, bool isForDebugger = false)
    {
        var sources = TacSources.Read(path);
        var search = new ReferenceSearch(directories);
        List<SourceStamp> libraries = [.. sources.References.Select(search.Find).OfType<string>().Where(path => !ReferenceSearch.IsOfAFramework(path)).Select(SourceStamp.Of)];
        var key = TacCacheKey.Of(sources, search, LockOf(sources), isForDebugger);
        var tac = cache.Find(key);
        IReadOnlyList<string> warnings = [], details = sources.Directives?.Ignored ?? [];
        var wasCompiled = false;
        PackageSet? set = null;
        if (sources.Packages.Count > 0 && (tac is null || !AreAsVerified(tac.PackageFiles)))
        {
            set = Restore(sources, packages);
            details = [.. details, .. set.Ignored];
            key = TacCacheKey.Of(sources, search, LockOf(sources), isForDebugger);
            tac = Verified(cache.Find(key), set, cache, key);
        }

        if (tac is null)
        {
            tac = Compile(path, sources, search, set, isForDebugger, cache, key, out warnings);
            warnings = [.. set?.Warnings ?? [], .. warnings];
            wasCompiled = true;
        }

        IReadOnlyList<string> notices = cache.Notice is { } notice ? [notice] : [];
        return new TacPreparation(new PreparedApplication.Tac(tac with { Source = path }, search.Directories, notices, details) { Files = [.. sources.Files.Values.Select(file => file.Stamp), .. libraries] }, wasCompiled, [.. sources.Files.Keys], key, warnings);
    }

    /// <summary>Finds calls at the top level of a tac file that would block its start. Does not load the compiler unless a name of such a call occurs.</summary>
    /// <exception cref="TacHostException">The file cannot be read, its packages cannot be restored, or it does not compile.</exception>
    public static IReadOnlyList<Finding> FindBlockingCalls(string path, IReadOnlyList<string> directories, PackageOptions packages)
    {
        var sources = TacSources.Read(path);
        return sources.Files.Values.Any(BlockingNames.OccurIn)
            ? FindBlockingCalls(path, sources, new ReferenceSearch(directories), sources.Packages.Count == 0 ? null : Restore(sources, packages))
            : [];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IReadOnlyList<Finding> FindBlockingCalls(string path, TacSources sources, ReferenceSearch search, PackageSet? packages) =>
        OnDeepStack(new TacCompiler(sources, search, packages, path, isForDebugger: false).FindBlockingCalls);

    /// <summary>Restores the packages of a tac file. Returns null if the file does not reference packages.</summary>
    /// <exception cref="TacHostException">The file cannot be read, or its packages cannot be restored.</exception>
    public static PackageSet? Restore(string path, PackageOptions options)
    {
        var sources = TacSources.Read(path);
        return sources.Packages.Count == 0 ? null : Restore(sources, options);
    }

    /// <summary>Restores packages. A separate method, because a method that references NuGet loads it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PackageSet Restore(TacSources sources, PackageOptions options) =>
        new PackageRestore(sources.Main.Path, sources.Packages, sources.PackageSources, options).Run(PackageLock.Read(PackageLock.PathOf(sources.Main.Path)));

    /// <summary>Returns the path of the lock file of a tac file, which may not exist.</summary>
    public static string LockFileOf(string path) => PackageLock.PathOf(path);

    /// <summary>Returns the bytes of the lock file, so that a cached start does not load the JSON reader.</summary>
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

    /// <summary>Returns whether files of packages have not been written since they were verified.</summary>
    private static bool AreAsVerified(IReadOnlyList<SourceStamp> files)
    {
        foreach (var file in files)
        {
            if (file.Stamp is not { } verified || FileStamp.Of(file.Path) is not { } current || !current.HasTimeAndSizeOf(verified))
                return false;
        }

        return true;
    }

    /// <summary>Updates a cached tac file whose packages have been verified again. Returns null if they are now elsewhere.</summary>
    private static CompiledTac? Verified(CompiledTac? tac, PackageSet packages, TacCache cache, string key)
    {
        if (tac is null || !tac.PackageFiles.Select(file => file.Path).SequenceEqual(packages.Run.Select(file => file.Path)))
            return null;
        var verified = tac with { PackageFiles = packages.Run };
        cache.Store(key, verified);
        return verified;
    }

    /// <summary>Compiles a tac file. A separate method, because a method that references the compiler loads it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CompiledTac Compile(string path, TacSources sources, ReferenceSearch search, PackageSet? packages, bool isForDebugger, TacCache cache, string key, out IReadOnlyList<string> warnings)
    {
        TacCompiler compiler = new(sources, search, packages, path, isForDebugger);
        var tac = OnDeepStack(compiler.Compile);
        warnings = compiler.Warnings;
        if (!compiler.ReadMoreThanItsKey)
            cache.Store(key, tac);
        return tac;
    }

    /// <summary>Compiles on a thread with a large stack, because the compiler recurses as deep as the source is nested.</summary>
    private static T OnDeepStack<T>(Func<T> compile)
        where T : class
    {
        const int stackSize = 256 * 1024 * 1024; // the memory is reserved, and committed only if needed
        T? result = null;
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
