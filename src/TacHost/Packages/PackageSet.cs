namespace TacHost.Packages;

/// <summary>The files of restored packages.</summary>
/// <param name="Compile">The assemblies to compile against.</param>
/// <param name="Run">The assemblies, native libraries and translations to load, all for this framework and this machine, as they were before they were verified.</param>
/// <param name="Lock">The packages that they come from.</param>
/// <param name="Ignored">A line for the log for each package with parts that a tac file does not use.</param>
/// <param name="Warnings">A line for each assembly that the host has in an older version, which is used in its place.</param>
internal sealed record PackageSet(IReadOnlyList<string> Compile, IReadOnlyList<SourceStamp> Run, PackageLock Lock, IReadOnlyList<string> Ignored, IReadOnlyList<string> Warnings);
