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
    public static TacRecipe Text(string text, params (string Name, string? Content)[] others)
    {
        var directory = Directory.CreateTempSubdirectory("tac-").FullName;
        try
        {
            var path = Path.Combine(directory, "test.csx");
            File.WriteAllText(path, text);
            foreach (var (name, content) in others)
                File.WriteAllText(Path.Combine(directory, name), content);
            return new TacRecipe(TacFile.Prepare(path, [], new PackageOptions(), TacCache.At(Path.Combine(directory, "cache"))).Tac);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
