using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>Compiles tac files before anybody runs them: for images, and for machines on which the cache cannot be written.</summary>
internal static class AheadOfTime
{
    /// <summary>Compiles all of them, also those behind one that cannot be.</summary>
    /// <param name="files">Their paths; those by which they will be run, because the path decides where a tac looks for what it refers to.</param>
    /// <param name="directories">Where assemblies are looked for.</param>
    /// <param name="output">The directory to keep them in, or null for this user's cache.</param>
    /// <param name="packages">How packages are restored.</param>
    /// <param name="warn">Is called with each of them, for the warnings of the compiler.</param>
    /// <returns>A line for each, and those that failed, for which nothing is kept.</returns>
    public static (string Done, IReadOnlyList<TacHostException> Failures) Compile(IReadOnlyList<string> files, IReadOnlyList<string> directories, string? output, PackageOptions packages, Action<TacPreparation> warn)
    {
        var done = "";
        List<TacHostException> failures = [];
        foreach (var file in files)
        {
            try
            {
                var cache = output is null ? TacCache.Open() : TacCache.At(output);
                var prepared = TacFile.Prepare(file, directories, packages, cache);
                warn(prepared);
                if (cache.Notice is { } notice)
                    throw new TacHostException(ExitCode.CannotCreate, $"'{file}' compiles, but is not kept. {notice}");
                done += $"{file}: {(prepared.WasCompiled ? "compiled" : "was compiled before")}\n";
            }
            catch (TacHostException e)
            {
                failures.Add(e);
            }
        }

        return (done, failures);
    }
}
