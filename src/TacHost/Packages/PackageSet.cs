namespace TacHost.Packages;

/// <summary>The files of restored packages.</summary>
/// <param name="Compile">The assemblies to compile against.</param>
/// <param name="Run">The assemblies, native libraries and translations to load, all for this framework and this machine.</param>
/// <param name="Lock">The packages that they come from.</param>
internal sealed record PackageSet(IReadOnlyList<string> Compile, IReadOnlyList<string> Run, PackageLock Lock);
