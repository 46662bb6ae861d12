using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>Compiles tac files in advance: for container images, and for machines with a read-only cache.</summary>
internal static class CompileCommand
{
    /// <summary>Compiles all files, even after a failure.</summary>
    /// <param name="files">The paths. They must be the same as at run time, because references are resolved relative to the path.</param>
    /// <param name="directories">The directories that are searched for assemblies.</param>
    /// <param name="output">The directory for the compiled files, or null for the user's cache.</param>
    /// <param name="packages">The options of the package restore.</param>
    /// <param name="warn">Is called with each of them, for the warnings of the compiler.</param>
    /// <returns>A line for each compiled file, and the failures.</returns>
    public static (string Done, IReadOnlyList<TacHostException> Failures) Run(IReadOnlyList<string> files, IReadOnlyList<string> directories, string? output, PackageOptions packages, Action<TacPreparation> warn)
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
                    throw new TacHostException(ExitCode.CannotCreate, $"'{file}' compiles, but is not cached. {notice}");
                done += $"{file}: {(prepared.WasCompiled ? "compiled" : "up to date")}\n";
            }
            catch (TacHostException e)
            {
                failures.Add(e);
            }
        }

        return (done, failures);
    }
}
