namespace FastPoetry.Services.Tests;

/// <summary>A file in a directory of its own, which goes with it.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("poetry-");

    public TemporaryFile(byte[]? content = null)
    {
        Path = System.IO.Path.Combine(_directory.FullName, "poem.txt");
        if (content is not null)
            File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public void Dispose() => _directory.Delete(recursive: true);
}
