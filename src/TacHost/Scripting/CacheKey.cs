using System.Text;

namespace TacHost.Scripting;

/// <summary>The name under which a compiled tac is kept: a hash over everything that decides what the compiler makes of it.</summary>
internal static class CacheKey
{
    /// <param name="sources">The tac file and what it loads.</param>
    /// <param name="search">Where its references are looked for.</param>
    /// <param name="packageLock">The lock file of its packages; empty for none.</param>
    /// <param name="isForDebugger">Whether the code is left as it is written.</param>
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

    /// <summary>The length first, so that no two lists of parts look alike.</summary>
    private static void Add(Fingerprint hash, byte[] part)
    {
        hash.Append(BitConverter.GetBytes(part.Length));
        hash.Append(part);
    }
}
