using NuGet.Frameworks;
using NuGet.Packaging.Core;
using NuGet.Protocol.Core.Types;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>Restores the packages of a tac file according to its lock file, or creates the lock file. Does not require an SDK.</summary>
internal sealed class PackageRestore(string tac, IReadOnlyList<PackageDirective> directives, IReadOnlyList<string> addedSources, PackageOptions options)
{
    private static readonly NuGetFramework _framework = NuGetFramework.Parse($"net{Framework.Version.ToString(2)}");

    private string Directory { get; } = Path.GetDirectoryName(Path.GetFullPath(PackageLock.OwnerOf(tac)))!;

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
            throw new TacHostException(ExitCode.TimedOut, $"restoring the packages of '{tac}' did not end within {options.TimeLimit.TotalSeconds:0} s.\n  Run 'tachost restore {tac}' where the network is better, and copy the packages here.", e);
        }
        catch (Exception e) when (e is FatalProtocolException or HttpRequestException or PackagingException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.Unavailable, $"cannot restore the packages of '{tac}' ({string.Join("; ", Requested)}): {Reason(e)}\n  Some of them are not on this machine. Run 'tachost restore --to packages {tac}' on a machine with a network, and copy the folder here.", e);
        }
    }

    private async Task<PackageSet> RunAsync(PackageLock? existing, CancellationToken cancellationToken)
    {
        Lazy<PackageSources> sources = new(() => PackageSources.Read(Directory, addedSources));
        PackageFolder folder = new(sources, options.Folder, Directory);
        using SourceCacheContext cache = new();
        var fits = existing is not null && existing.Framework == _framework.GetShortFolderName() && (existing.Runtime ?? PackageRuntimes.Identifier) == PackageRuntimes.Identifier && existing.Requested.SequenceEqual(Requested, StringComparer.OrdinalIgnoreCase);
        if (options.Locked && !fits)
            throw new TacHostException(ExitCode.BadTac, existing is null ? $"there is no lock file '{PackageLock.PathOf(tac)}', and --locked does not create one." : $"the lock file '{PackageLock.PathOf(tac)}' does not fit '{tac}', and --locked does not change it: it is for {string.Join("; ", existing.Requested)} ({existing.Framework}{(existing.Runtime is null ? "" : $", {existing.Runtime}")}), and {string.Join("; ", Requested)} ({_framework.GetShortFolderName()}, {PackageRuntimes.Identifier}) is requested.");
        if (fits && !options.Renew)
            return await ByLockAsync(existing!, sources, folder, cache, cancellationToken);
        options.Progress($"Restoring packages for {tac}: {string.Join("; ", Requested)}");
        PackageResolution resolution = new(sources.Value, folder, cache, _framework);
        var packages = await InstallAsync(await resolution.ResolveAsync(directives, null).WaitAsync(cancellationToken));
        var runtimes = PackageRuntimes.Read([.. packages.Select(each => (each.Package.Id, each.Directory))]);
        if (runtimes is not null)
            packages = await InstallAsync(await resolution.ResolveAsync(directives, runtimes).WaitAsync(cancellationToken));
        PackageLock made = new()
        {
            Framework = _framework.GetShortFolderName(),
            Runtime = runtimes is null ? null : PackageRuntimes.Identifier,
            Requested = Requested,
            Packages = [.. packages.Select(each => new LockedPackage(each.Package.Id, each.Package.Version.ToNormalizedString(), HashOf(each.Directory)))],
        };
        made.Write(PackageLock.PathOf(tac));
        return Files(made, folder);

        async Task<List<(PackageIdentity Package, string Directory)>> InstallAsync(IReadOnlyList<PackageIdentity> resolved)
        {
            List<(PackageIdentity, string)> installed = [];
            foreach (var package in resolved)
                installed.Add((package, await RequireAsync(package, sources, folder, cache, cancellationToken)));
            return installed;
        }
    }

    private async Task<PackageSet> ByLockAsync(PackageLock locked, Lazy<PackageSources> sources, PackageFolder folder, SourceCacheContext cache, CancellationToken cancellationToken)
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

            var directory = await RequireAsync(identity, sources, folder, cache, cancellationToken);
            if (HashOf(directory) is var hash && hash != package.ContentHash)
                throw new TacHostException(ExitCode.BadTac, $"the package '{package.Id}' {package.Version} in '{directory}' is not the one that '{PackageLock.PathOf(tac)}' was made with: its hash is {hash}, not {package.ContentHash}.\n  One of them was changed. Remove the directory to download the package again, or create the lock file again with 'tachost restore {tac}'.");
        }

        return Files(locked, folder);
    }

    private static async Task<string> RequireAsync(PackageIdentity package, Lazy<PackageSources> sources, PackageFolder folder, SourceCacheContext cache, CancellationToken cancellationToken)
    {
        if (folder.Find(package) is { } there)
            return there;
        await folder.InstallAsync(package, cache, cancellationToken);
        return folder.Find(package)
            ?? throw new TacHostException(ExitCode.Unavailable, $"there is no package '{package.Id}' {package.Version}. Looked for in {sources.Value.NamesFor(package.Id)}, and in the folder of packages on this machine.\n  Add its source with #i \"nuget: SOURCE\" or in nuget.config.");
    }

    /// <summary>Returns the files of the packages, except assemblies that the host or .NET provides.</summary>
    private static PackageSet Files(PackageLock locked, PackageFolder folder)
    {
        PackageAssets assets = new(_framework);
        HostAssemblies shared = new();
        List<string> compile = [], ignored = [], warnings = [];
        List<SourceStamp> run = [];
        foreach (var package in locked.Packages)
        {
            var directory = folder.Find(PackageFolder.Identity(package))!;
            using PackageArchive archive = new(directory);
            List<string> files = [.. archive.Files];
            var (compiled, ran) = assets.Choose(files)
                ?? throw new TacHostException(ExitCode.BadTac, $"the package '{package.Id}' {package.Version} does not support {locked.Framework}. Use a newer version, or another package.");
            compile.AddRange(compiled.Where(IsOurs).Select(path => Path.Combine(directory, path)));
            run.AddRange(ran.Where(IsOurs).Select(path => SourceStamp.Of(Path.Combine(directory, path))));
            warnings.AddRange(ran.Where(path => !IsOurs(path)).Select(path => Outdated(package, Path.Combine(directory, path), shared)).OfType<string>());
            if (compiled.Concat(ran).Where(IsOurs).FirstOrDefault(file => !archive.Matches(file)) is { } changed)
                throw new TacHostException(ExitCode.BadTac, $"'{Path.Combine(directory, changed)}' is not the file that the archive of the package '{package.Id}' {package.Version} contains.\n  Remove '{directory}' to download the package again.");
            if (files.Select(path => path.Split('/')[0]).Where(folder => folder is "analyzers" or "build" or "buildTransitive").Distinct().Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unused)
                ignored.Add($"The package '{package.Id}' {package.Version} has {string.Join(", ", unused)}, which tac files do not use.");
        }

        return new PackageSet(compile, run, locked, ignored, warnings);

        bool IsOurs(string path) => !path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || !shared.Contains(Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>Returns a warning if the host has an older version of an assembly, which it uses instead of that of a package.</summary>
    private static string? Outdated(LockedPackage package, string path, HostAssemblies shared) =>
        shared.VersionOf(Path.GetFileNameWithoutExtension(path)) is { } ours && HostAssemblies.VersionIn(path) is { } theirs && theirs > ours
            ? $"The package '{package.Id}' {package.Version} has the assembly '{Path.GetFileNameWithoutExtension(path)}' {theirs}, but tachost has {ours} and uses that. Use an older version of the package if a member is missing."
            : null;

    private static string HashOf(string directory)
    {
        using PackageArchive archive = new(directory);
        return archive.Hash;
    }

    /// <summary>Returns the message of NuGet, which names the source, and that of the innermost exception, which has the reason.</summary>
    private static string Reason(Exception e)
    {
        var innermost = e;
        while (innermost.InnerException is { } inner)
            innermost = inner;
        return innermost == e ? $"{e.Message.TrimEnd('.')}." : $"{e.Message.TrimEnd('.')}: {innermost.Message.TrimEnd('.')}.";
    }
}
