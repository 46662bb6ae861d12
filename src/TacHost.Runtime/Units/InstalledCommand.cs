using TacHost.Daemon;

namespace TacHost.Units;

/// <summary>The command as a unit names it, in a form that outlives the next build of a checkout.</summary>
internal static class InstalledCommand
{
    /// <summary>Gets the words that start the command: its program, or <c>dotnet</c> with its assembly for a portable tool.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. HostExecution.CommandWords().Select(Lasting)];

    /// <summary>Returns a path through the link <c>current</c>, if that leads to the directory of the program: the launcher deletes versions that are not running.</summary>
    private static string Lasting(string path)
    {
        var version = Path.GetDirectoryName(path)!;
        var current = Path.Combine(Path.GetDirectoryName(version) ?? version, "current");
        return new DirectoryInfo(current).LinkTarget == Path.GetFileName(version) ? Path.Combine(current, Path.GetFileName(path)) : path;
    }
}
