namespace TacHost.Tests;

/// <summary>What was built with these tests, in the same configuration.</summary>
internal static class Built
{
    /// <summary>Gets the directory of the command, with that of the host in it.</summary>
    public static string Directory { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "TacHost", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    /// <summary>Gets the command.</summary>
    public static string Tachost { get; } = Path.Combine(Directory, "tachost");
}
