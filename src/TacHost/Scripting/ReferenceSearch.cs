using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>The search path of <c>#r</c>.</summary>
/// <remarks>
/// .NET is searched by simple name. Then follow the directory of the file with the directive, <c>lib/</c> there,
/// the directories of --lib, those of TACHOST_PATH, and the host's directory.
/// </remarks>
internal sealed class ReferenceSearch(IReadOnlyList<string> directories)
{
    private const string Extension = ".dll";

    /// <summary>Gets the directories that apply to every file, in order.</summary>
    public IReadOnlyList<string> Directories { get; } = directories;

    /// <summary>Returns the absolute path of the assembly, or null if it does not exist.</summary>
    /// <remarks>.NET has priority, as in the loading of assemblies, so that no other assembly of the same name can replace one of its assemblies.</remarks>
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

        // These are searched last, because they are rarely needed and each costs a disk access.
        IEnumerable<string> real = SourceLinks.RealDirectory(reference.File) is { } directory ? [directory, Path.Combine(directory, "lib")] : [];
        return Candidates(reference, real).Concat(AspNetCore.Find(SimpleName(reference.Name)) is { } web ? [web] : []).FirstOrDefault(File.Exists);
    }

    /// <summary>Returns whether a path belongs to .NET or ASP.NET Core, so that the load context of a tac file does not load it.</summary>
    public static bool IsOfAFramework(string path) =>
        Framework.Find(Path.GetFileNameWithoutExtension(path)) == path || AspNetCore.Find(Path.GetFileNameWithoutExtension(path)) == path;

    public IReadOnlyList<string> DirectoriesFor(ReferenceDirective reference) =>
        [reference.BaseDirectory, Path.Combine(reference.BaseDirectory, "lib"), .. Directories];

    private static string? FindInFramework(string name) => name.Contains('/', StringComparison.Ordinal) ? null : Framework.Find(SimpleName(name));

    /// <summary>Returns the simple name: the text before <c>.dll</c>, or before the comma in a display name such as <c>System.Xml, Version=4.0.0.0</c>.</summary>
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
