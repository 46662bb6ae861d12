using System.Security.Cryptography;
using NuGet.Packaging;

namespace TacHost.Packages;

/// <summary>The archive of an extracted package, which NuGet keeps beside the files.</summary>
internal sealed class PackageArchive : IDisposable
{
    private readonly string _directory;
    private readonly string _path;
    private readonly PackageArchiveReader _reader;

    /// <param name="directory">The directory of the extracted package.</param>
    /// <exception cref="TacHostException">The archive is missing or damaged.</exception>
    public PackageArchive(string directory)
    {
        _directory = directory;
        _path = Directory.EnumerateFiles(directory, "*.nupkg").FirstOrDefault() ?? throw Unusable(directory, "has no archive (*.nupkg)", null);
        try
        {
            _reader = new PackageArchiveReader(_path);
        }
        catch (InvalidDataException e)
        {
            throw Unusable(directory, "has a damaged archive", e);
        }
    }

    /// <summary>Gets the content hash of NuGet.</summary>
    public string Hash => _reader.GetContentHash(CancellationToken.None, () => Convert.ToBase64String(SHA512.HashData(File.ReadAllBytes(_path))));

    /// <summary>Gets the paths of the files, relative to the package.</summary>
    public IEnumerable<string> Files => _reader.GetFiles();

    /// <summary>Returns whether an extracted file has the content that it has in the archive.</summary>
    public bool Matches(string file)
    {
        var path = Path.Combine(_directory, file);
        if (!File.Exists(path))
            return false;
        using var packed = _reader.GetStream(file);
        using MemoryStream content = new();
        packed.CopyTo(content);
        return content.GetBuffer().AsSpan(0, (int)content.Length).SequenceEqual(File.ReadAllBytes(path));
    }

    public void Dispose() => _reader.Dispose();

    private static TacHostException Unusable(string directory, string why, Exception? cause) =>
        new(ExitCode.BadTac, $"the package in '{directory}' cannot be verified: it {why}.\n  Remove the directory to download the package again.", cause);
}
