namespace TacHost.Processes;

/// <summary>Finds programs by name.</summary>
internal static class ProgramPath
{
    /// <summary>Returns a path with a slash as it is, and for a name the path of the first program of that name in PATH.</summary>
    /// <exception cref="FormatException">The program is not in PATH.</exception>
    public static string Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return program;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(directory => directory.StartsWith('/')).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
            ?? throw new FormatException($"there is no program '{program}' in PATH. Name it by its path.");
    }
}
