namespace FastPoetry.Services.Tests;

/// <summary>A file in a directory of its own, which goes with it.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public TemporaryFile(byte[]? content = null)
    {
        Path = _directory["poem.txt"];
        if (content is not null)
            File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public void Dispose() => _directory.Dispose();
}
