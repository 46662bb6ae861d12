using TacHost.Packages;
using TacHost.Scripting;
using TacFile = TacHost.Scripting.TacFile;

namespace TacHost.Tests.Scripting;

/// <summary>Compiles tac files that are texts of a test.</summary>
internal static class TacOf
{
    /// <summary>Compiles a text.</summary>
    /// <param name="text">The tac file.</param>
    /// <param name="others">Files beside it.</param>
    public static TacApplicationSource Text(string text, params (string Name, string? Content)[] others) => File("test.csx", text, others);

    /// <summary>Compiles a text in the form of a file-based program.</summary>
    public static TacApplicationSource Program(string text) => File("test.cs", text, []);

    private static TacApplicationSource File(string file, string text, (string Name, string? Content)[] others)
    {
        var directory = Directory.CreateTempSubdirectory("tac-").FullName;
        try
        {
            var path = Path.Combine(directory, file);
            System.IO.File.WriteAllText(path, text);
            foreach (var (name, content) in others)
                System.IO.File.WriteAllText(Path.Combine(directory, name), content);
            return new TacApplicationSource(TacFile.Prepare(path, [], new PackageOptions(), TacCache.At(Path.Combine(directory, "cache"))).Tac);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
