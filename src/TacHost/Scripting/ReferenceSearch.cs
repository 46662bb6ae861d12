namespace TacHost.Scripting;

/// <summary>Where <c>#r</c> finds an assembly: beside the file it stands in, in <c>lib/</c> there, in the directories of --lib, in those of TACHOST_PATH, beside the host.</summary>
internal sealed class ReferenceSearch(IReadOnlyList<string> directories)
{
    /// <summary>The directories that hold for every file, in order.</summary>
    public IReadOnlyList<string> Directories { get; } = directories;

    /// <summary>The absolute path of the assembly, or null if there is none.</summary>
    public string? Find(ReferenceDirective reference) =>
        Candidates(reference).FirstOrDefault(File.Exists);

    /// <summary>The directories that were searched for a reference, for an error message.</summary>
    public IEnumerable<string> DirectoriesFor(ReferenceDirective reference) =>
        Directories.Prepend(Path.Combine(reference.BaseDirectory, "lib")).Prepend(reference.BaseDirectory);

    private IEnumerable<string> Candidates(ReferenceDirective reference)
    {
        if (reference.Name.Contains('\0', StringComparison.Ordinal) || reference.Name.Length == 0)
            return [];
        var names = reference.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? [reference.Name] : new[] { reference.Name, reference.Name + ".dll" };
        return DirectoriesFor(reference).SelectMany(directory => names.Select(name => Path.GetFullPath(name, directory)));
    }
}
