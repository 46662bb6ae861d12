using NuGet.Configuration;
using NuGet.Frameworks;
using NuGet.Packaging.Core;
using NuGet.Protocol.Core.Types;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>Restores the packages of a tac file according to its lock file, or creates the lock file. Does not require an SDK.</summary>
internal sealed class PackageRestore(string tac, IReadOnlyList<PackageDirective> directives, IReadOnlyList<string> addedSources, PackageOptions options)
{
    private static readonly NuGetFramework _framework = NuGetFramework.Parse($"net{Framework.Version.ToString(2)}");

    private string Directory => Path.GetDirectoryName(Path.GetFullPath(tac))!;

    private List<string> Requested => [.. directives.Select(each => each.ToString()).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Restores the packages, and writes the lock file if it is missing or outdated.</summary>
    /// <exception cref="TacHostException">A package is missing, differs from the lock file, or is not compatible.</exception>
    public PackageSet Run(PackageLock? existing)
    {
        using CancellationTokenSource limit = new(options.TimeLimit);
        try
        {
            return Task.Run(() => RunAsync(existing, limit.Token)).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new TacHostException(ExitCode.TimedOut, $"restoring the packages of '{tac}' did not end within {options.TimeLimit.TotalSeconds:0} s.\n  Run 'tachost restore {tac}' where the network is better, and bring the packages here.", e);
        }
        catch (Exception e) when (e is FatalProtocolException or HttpRequestException or PackagingException or IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.Unavailable, $"cannot restore the packages of '{tac}' ({string.Join("; ", Requested)}): {Reason(e)}\n  They are not all on this machine. Bring them with 'tachost restore --to packages {tac}' from one that has a network.", e);
        }
    }

    private async Task<PackageSet> RunAsync(PackageLock? existing, CancellationToken cancellationToken)
    {
        var sources = PackageSources.Read(Directory, addedSources);
        PackageFolder folder = new(sources, options.Folder, Directory);
        var mapping = PackageSourceMapping.GetPackageSourceMapping(sources.Settings);
        using SourceCacheContext cache = new();
        var fits = existing is not null && existing.Framework == _framework.GetShortFolderName() && existing.Requested.SequenceEqual(Requested, StringComparer.OrdinalIgnoreCase);
        if (options.Locked && !fits)
            throw new TacHostException(ExitCode.BadTac, existing is null ? $"there is no lock file '{PackageLock.PathOf(tac)}', and --locked does not create one." : $"the lock file '{PackageLock.PathOf(tac)}' does not fit '{tac}', and --locked does not change it: it is for {string.Join("; ", existing.Requested)} ({existing.Framework}), and {string.Join("; ", Requested)} ({_framework.GetShortFolderName()}) is requested.");
        if (fits && !options.Renew)
            return await ByLockAsync(existing!, sources, folder, mapping, cache, cancellationToken);
        options.Progress($"Restoring packages for {tac}: {string.Join("; ", Requested)}");
        List<LockedPackage> packages = [];
        foreach (var package in await new PackageResolution(sources, folder, mapping, cache, _framework).ResolveAsync(directives).WaitAsync(cancellationToken))
        {
            var directory = await RequireAsync(package, sources, folder, mapping, cache, cancellationToken);
            packages.Add(new LockedPackage(package.Id, package.Version.ToNormalizedString(), PackageFolder.HashOf(directory)));
        }

        PackageLock made = new() { Framework = _framework.GetShortFolderName(), Requested = Requested, Packages = packages };
        made.Write(PackageLock.PathOf(tac));
        return Files(made, folder);
    }

    private async Task<PackageSet> ByLockAsync(PackageLock locked, PackageSources sources, PackageFolder folder, PackageSourceMapping mapping, SourceCacheContext cache, CancellationToken cancellationToken)
    {
        var isTold = false;
        foreach (var package in locked.Packages)
        {
            var identity = PackageFolder.Identity(package);
            if (folder.Find(identity) is null && !isTold)
            {
                options.Progress($"Restoring packages for {tac}, as its lock file says");
                isTold = true;
            }

            var directory = await RequireAsync(identity, sources, folder, mapping, cache, cancellationToken);
            if (PackageFolder.HashOf(directory) is var hash && hash != package.ContentHash)
                throw new TacHostException(ExitCode.BadTac, $"the package '{package.Id}' {package.Version} in '{directory}' is not the one that '{PackageLock.PathOf(tac)}' was made with: its hash is {hash}, not {package.ContentHash}.\n  One of them was changed. Remove the directory to download the package again, or create the lock file again with 'tachost restore {tac}'.");
        }

        return Files(locked, folder);
    }

    private static async Task<string> RequireAsync(PackageIdentity package, PackageSources sources, PackageFolder folder, PackageSourceMapping mapping, SourceCacheContext cache, CancellationToken cancellationToken)
    {
        if (folder.Find(package) is { } there)
            return there;
        await folder.InstallAsync(package, sources, mapping, cache, cancellationToken);
        return folder.Find(package)
            ?? throw new TacHostException(ExitCode.Unavailable, $"there is no package '{package.Id}' {package.Version}. Looked for in {sources.Names}, and in the folder of packages on this machine.\n  Add its source with #i \"nuget: SOURCE\" or in nuget.config.");
    }

    /// <summary>Returns the files of the packages, except assemblies that the host or .NET provides.</summary>
    private static PackageSet Files(PackageLock locked, PackageFolder folder)
    {
        PackageAssets assets = new(_framework);
        HostAssemblies shared = new();
        List<string> compile = [], run = [], ignored = [];
        foreach (var package in locked.Packages)
        {
            var directory = folder.Find(PackageFolder.Identity(package))!;
            var files = System.IO.Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path));
            var (compiled, ran) = assets.Choose(files)
                ?? throw new TacHostException(ExitCode.BadTac, $"the package '{package.Id}' {package.Version} has nothing for {locked.Framework}. Look for a newer version, or for another package.");
            compile.AddRange(compiled.Where(IsOurs).Select(path => Path.Combine(directory, path)));
            run.AddRange(ran.Where(IsOurs).Select(path => Path.Combine(directory, path)));
            if (files.Select(path => path.Split('/')[0]).Where(folder => folder is "analyzers" or "build" or "buildTransitive").Distinct().Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unused)
                ignored.Add($"The package '{package.Id}' {package.Version} has {string.Join(", ", unused)}, which tac files do not use.");
        }

        return new PackageSet(compile, run, locked, ignored);

        bool IsOurs(string path) => !path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || !shared.Contains(Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Returns the message of the innermost exception, because NuGet wraps network errors.</summary>
    private static string Reason(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message.EndsWith('.') ? e.Message : e.Message + ".";
    }
}
