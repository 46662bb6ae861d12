namespace TacHost.Scripting;

/// <summary>Where <c>#r</c> finds an assembly: beside the file it stands in, in <c>lib/</c> there, in the directories of --lib, in those of TACHOST_PATH, beside the host.</summary>
internal sealed class ReferenceSearch(IReadOnlyList<string> directories)
{
    /// <summary>The directories that hold for every file, in order.</summary>
    public IReadOnlyList<string> Directories { get; } = directories;

    /// <summary>The absolute path of the assembly, or null if there is none.</summary>
    public string? Find(ReferenceDirective reference)
    {
        foreach (var candidate in Candidates(reference))
        {
            if (File.Exists(candidate))
                return candidate;
        }

        return null;
    }

    /// <summary>The directories that were searched for a reference, for an error message.</summary>
    public IReadOnlyList<string> DirectoriesFor(ReferenceDirective reference) =>
        [reference.BaseDirectory, Path.Combine(reference.BaseDirectory, "lib"), .. Directories];

    private IEnumerable<string> Candidates(ReferenceDirective reference)
    {
        if (reference.Name.Contains('\0', StringComparison.Ordinal) || reference.Name.Length == 0)
            yield break;
        string[] names = reference.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? [reference.Name] : [reference.Name, reference.Name + ".dll"];
        foreach (var directory in DirectoriesFor(reference))
        {
            foreach (var name in names)
                yield return Path.GetFullPath(name, directory);
        }
    }
}
