using System.IO.Compression;

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
        var feed = Directory.CreateDirectory(sandbox.PathOf("feed")).FullName;
        var build = Directory.CreateDirectory(sandbox.PathOf($"build/{id}/{version}")).FullName;
        var assembly = Path.Combine(build, $"{id}.dll");
        PluginAssembly.Compile(assembly, "using System.Linq;\n" + source, Program.HostDirectory, dependency is { } needed ? [sandbox.PathOf($"build/{needed.Id}/{needed.Version}/{needed.Id}.dll")] : []);
        using var archive = ZipFile.Open(Path.Combine(feed, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        archive.CreateEntryFromFile(assembly, $"lib/net8.0/{id}.dll");
        foreach (var (path, file) in files ?? [])
            archive.CreateEntryFromFile(file, path);
        using StreamWriter writer = new(archive.CreateEntry($"{id}.nuspec").Open());
        writer.Write($"""
            <?xml version="1.0"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
              <id>{id}</id><version>{version}</version><authors>a test</authors><description>A test.</description>
              <dependencies><group targetFramework="net8.0">{(dependency is { } on ? $"<dependency id=\"{on.Id}\" version=\"{on.Version}\" />" : "")}</group></dependencies>
            </metadata></package>
            """);
    }
}
