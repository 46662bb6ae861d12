using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>Where <c>#r</c> finds an assembly: in .NET by its simple name, beside the file it stands in, in <c>lib/</c> there, in the directories of --lib, in those of TACHOST_PATH, beside the host.</summary>
internal sealed class ReferenceSearch(IReadOnlyList<string> directories)
{
    private const string Extension = ".dll";

    /// <summary>The directories that hold for every file, in order.</summary>
    public IReadOnlyList<string> Directories { get; } = directories;

    /// <summary>Returns the absolute path of the assembly, or null if there is none.</summary>
    /// <remarks>.NET comes first, as it does when assemblies are loaded: no other assembly of the same name can take its place.</remarks>
    public string? Find(ReferenceDirective reference)
    {
        if (reference.Name.Contains('\0', StringComparison.Ordinal) || reference.Name.Length == 0)
            return null;
        if (FindInFramework(reference.Name) is { } framework)
            return framework;
        foreach (var candidate in Candidates(reference, DirectoriesFor(reference)))
        {
            if (File.Exists(candidate))
                return candidate;
        }

        // After all others, because a name with these is rare, and each costs a look at the disk.
        IEnumerable<string> real = SourceLinks.RealDirectory(reference.File) is { } directory ? [directory, Path.Combine(directory, "lib")] : [];
        return Candidates(reference, real).Concat(AspNetCore.Find(SimpleName(reference.Name)) is { } web ? [web] : []).FirstOrDefault(File.Exists);
    }

    /// <summary>Returns whether a path belongs to .NET or ASP.NET Core, so that nobody needs to load it for a tac.</summary>
    public static bool IsOfAFramework(string path) =>
        Framework.Find(Path.GetFileNameWithoutExtension(path)) == path || AspNetCore.Find(Path.GetFileNameWithoutExtension(path)) == path;

    /// <summary>Returns the directories that are searched for a reference, for an error message.</summary>
    public IReadOnlyList<string> DirectoriesFor(ReferenceDirective reference) =>
        [reference.BaseDirectory, Path.Combine(reference.BaseDirectory, "lib"), .. Directories];

    private static string? FindInFramework(string name) => name.Contains('/', StringComparison.Ordinal) ? null : Framework.Find(SimpleName(name));

    /// <summary>What stands before <c>.dll</c>, or in a display name such as <c>System.Xml, Version=4.0.0.0</c> before the comma.</summary>
    private static string SimpleName(string name)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0)
            name = name[..comma].TrimEnd();
        return name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? name[..^Extension.Length] : name;
    }

    private static IEnumerable<string> Candidates(ReferenceDirective reference, IEnumerable<string> directories)
    {
        List<string> names = [reference.Name];
        if (!reference.Name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            names.Add(reference.Name + Extension);
        if (reference.Name.Contains('\\', StringComparison.Ordinal))
            names.AddRange([.. names.Select(SourceLinks.WithSlashes)]);
        foreach (var directory in directories)
        {
            foreach (var name in names)
                yield return Path.GetFullPath(name, directory);
        }
    }
}
