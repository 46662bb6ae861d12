namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A directory of NuGet packages, each made of one source.</summary>
internal static class PackageFeed
{
    /// <summary>Adds a package to <c>feed/</c> in the sandbox.</summary>
    /// <param name="sandbox">Where to.</param>
    /// <param name="id">The package and its assembly.</param>
    /// <param name="version">Its version.</param>
    /// <param name="source">The assembly, as C#.</param>
    /// <param name="dependency">The package that it needs, which is in the feed.</param>
    /// <param name="files">More files: their paths in the package, and where they are.</param>
    public static void Add(Sandbox sandbox, string id, string version, string source, (string Id, string Version)? dependency = null, (string Path, string File)[]? files = null)
    {
        var assembly = sandbox.PathOf($"build/{id}/{version}/{id}.dll");
        PluginAssembly.Compile(assembly, "using System.Linq;\n" + source, Program.HostDirectory, dependency is { } needed ? [sandbox.PathOf($"build/{needed.Id}/{needed.Version}/{needed.Id}.dll")] : []);
        TestPackage.Write(sandbox.PathOf("feed"), id, version, dependency, [($"lib/net8.0/{id}.dll", File.ReadAllBytes(assembly)), .. (files ?? []).Select(file => (file.Path, File.ReadAllBytes(file.File)))]);
    }
}
