using System.Collections.Concurrent;

namespace TacHost.TestSupport;

/// <summary>A directory of its own for one test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private static readonly ConcurrentDictionary<string, string> _owners = new();

    public TemporaryDirectory() => _owners[Path] = TestContext.Current.Test?.TestDisplayName ?? TestContext.Current.TestClass?.TestClassName ?? "a fixture";

    public string Path { get; } = Directory.CreateTempSubdirectory("tachost-").FullName;

    /// <summary>Gets the path of a file in the directory.</summary>
    public string this[string file] => System.IO.Path.Combine(Path, file);

    /// <summary>Returns the test that made a directory and has not disposed of it, if there is one.</summary>
    internal static string? OwnerOf(string path) => _owners.GetValueOrDefault(path);

    public void Dispose()
    {
        _owners.TryRemove(Path, out _);
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
