using System.Text;

namespace TacHost.Scripting;

/// <summary>Calculates the cache key of a compiled tac file: a hash of all inputs of the compiler.</summary>
internal static class TacCacheKey
{
    /// <param name="sources">The tac file and the files that it loads.</param>
    /// <param name="search">The search path of the references.</param>
    /// <param name="packageLock">The content of the lock file, or an empty array.</param>
    /// <param name="isForDebugger">True if optimizations are disabled.</param>
    public static string Of(TacSources sources, ReferenceSearch search, byte[] packageLock, bool isForDebugger)
    {
        var hash = new Fingerprint();

        // The identity of this program stands for the compiler, its options and the default imports, which change only with it.
        Add(hash, FrontIdentity.Bytes);
        if (isForDebugger)
            Add(hash, "debug");
        Add(hash, sources.Main.Path);
        foreach (var file in sources.Files.Values)
        {
            Add(hash, file.Path);
            Add(hash, file.Content);
        }

        foreach (var import in sources.Directives?.Imports ?? [])
            Add(hash, import);
        if (sources.Packages.Count > 0)
            Add(hash, packageLock);
        foreach (var reference in sources.References)
        {
            Add(hash, reference.Name);
            if (search.Find(reference) is not { } path)
                continue;
            Add(hash, path);
            if (!ReferenceSearch.IsOfAFramework(path))
                Add(hash, Content(path));
        }

        return hash.ToString();
    }

    private static byte[] Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void Add(Fingerprint hash, string text) => Add(hash, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a part after its length, so that different lists of parts have different hashes.</summary>
    private static void Add(Fingerprint hash, byte[] part)
    {
        hash.Append(BitConverter.GetBytes(part.Length));
        hash.Append(part);
    }
}
