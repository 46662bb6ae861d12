using System.Text;

namespace TacHost.Tests;

/// <summary>The comments of C# files.</summary>
internal static class SourceComments
{
    /// <summary>Returns each block of consecutive comment lines below a directory.</summary>
    public static IEnumerable<(string Place, string Text)> In(string root)
    {
        foreach (var file in Files(root))
        {
            StringBuilder block = new();
            var first = 0;
            var number = 0;
            foreach (var line in File.ReadLines(file).Append(""))
            {
                number++;
                var trimmed = line.Trim();
                if (trimmed.StartsWith("//", StringComparison.Ordinal))
                {
                    if (block.Length == 0)
                        first = number;
                    block.Append(trimmed.TrimStart('/')).Append(' ');
                }
                else if (block.Length > 0)
                {
                    yield return ($"{Path.GetRelativePath(Checkout.Root, file)}:{first}", block.ToString());
                    block.Clear();
                }
            }
        }
    }

    /// <summary>Returns the C# files and tac files below a directory, without those that a build has made.</summary>
    public static IEnumerable<string> Files(string root) =>
        Directory.EnumerateFiles(root, "*.cs*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".csx" && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
}
