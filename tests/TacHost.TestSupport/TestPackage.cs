using System.IO.Compression;

namespace TacHost.TestSupport;

/// <summary>NuGet packages, made by hand.</summary>
public static class TestPackage
{
    /// <summary>Writes a package into a directory, which is a feed then.</summary>
    /// <param name="feed">The directory, which is made if it is missing.</param>
    /// <param name="id">Its name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="dependency">The package that it needs.</param>
    /// <param name="files">Paths in the package, and what is there.</param>
    public static void Write(string feed, string id, string version, (string Id, string Version)? dependency, params IEnumerable<(string Path, byte[] Content)> files)
    {
        Directory.CreateDirectory(feed);
        using var archive = ZipFile.Open(Path.Combine(feed, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        foreach (var (path, content) in files)
        {
            using var entry = archive.CreateEntry(path).Open();
            entry.Write(content);
        }

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
