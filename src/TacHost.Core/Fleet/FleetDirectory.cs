using TacHost.CommandLine;

namespace TacHost.Fleet;

/// <summary>Reads the directory of a fleet, which is its desired state.</summary>
internal static class FleetDirectory
{
    private const string Extension = ".csx";
    private const string GroupExtension = ".d";
    private const string OffExtension = ".off";
    private const int LongestName = 100;

    /// <summary>Returns the deployments, sorted by name, so that a prefix such as <c>10-</c> decides the order of the start.</summary>
    /// <exception cref="TacHostException">The directory cannot be read. It is then not an empty one.</exception>
    public static IReadOnlyList<FleetEntry> Read(string directory) => Read(directory, withGroups: true);

    /// <summary>Returns the applications of a group, sorted by name. Directories in it are not read.</summary>
    /// <exception cref="TacHostException">The directory cannot be read.</exception>
    public static IReadOnlyList<FleetEntry> ReadGroup(string directory) => Read(directory, withGroups: false);

    private static List<FleetEntry> Read(string directory, bool withGroups)
    {
        List<FleetEntry> entries = [];
        HashSet<string> off = new(StringComparer.Ordinal);
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(directory))
            {
                var file = Path.GetFileName(path);
                if (file[0] is '.' or '_')
                    continue;
                if (file.EndsWith(OffExtension, StringComparison.Ordinal))
                    off.Add(file[..^OffExtension.Length]);
                if (withGroups && file.EndsWith(GroupExtension, StringComparison.Ordinal) && Directory.Exists(path))
                    entries.Add(GroupAt(path, file[..^GroupExtension.Length]));
                if (file.EndsWith(Extension, StringComparison.Ordinal) && !file.EndsWith($"@{Extension}", StringComparison.Ordinal))
                    entries.Add(new FleetEntry(file[..^Extension.Length], path) { Problem = ProblemOf(file[..^Extension.Length], path) });
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(
                e is UnauthorizedAccessException ? ExitCode.NoPermission : ExitCode.NoInput,
                $"cannot read the directory of the fleet '{directory}': {(e is DirectoryNotFoundException ? "there is no such directory." : e.Message)}", e);
        }

        var files = entries.Where(entry => !entry.IsGroup).Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return [.. entries.Select(entry => entry.IsGroup && files.Contains(entry.Name) ? Unnamed(entry) : entry with { IsOff = off.Contains(entry.Name) }).DistinctBy(entry => entry.Name).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    private static FleetEntry Unnamed(FleetEntry group) =>
        group with { Name = $"{group.Name}{GroupExtension}", Problem = $"'{group.Name}{Extension}' has its name. Rename one of them" };

    private static FleetEntry GroupAt(string path, string name)
    {
        FleetEntry group = new(name, path) { Members = "", Problem = ProblemOf(name, path) };
        try
        {
            return group with { Members = string.Join('|', ReadGroup(path).Select(member => member.IsOff ? $"{member.Name} off" : member.Name)) };
        }
        catch (TacHostException e)
        {
            return group with { Problem = e.Message };
        }
    }

    /// <summary>Returns the deployments, if all of them are usable.</summary>
    /// <exception cref="TacHostException">The directory cannot be read or has none, or a name cannot be that of a deployment.</exception>
    public static IReadOnlyList<FleetEntry> ReadUsable(string directory)
    {
        var entries = Read(Path.GetFullPath(directory));
        if (entries.Count == 0)
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"there is no tac file (*{Extension}) in '{directory}'."));
        if (entries.FirstOrDefault(entry => entry.Problem is not null) is { } unusable)
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{unusable.Path}' cannot be a deployment: {unusable.Problem}."));
        return [.. entries.SelectMany(Applications)];
    }

    /// <summary>Returns the applications of a deployment, for a supervisor that gives each a process of its own.</summary>
    private static IEnumerable<FleetEntry> Applications(FleetEntry entry) =>
        entry.IsGroup ? ReadGroup(entry.Path).Select(member => member with { Name = $"{entry.Name}-{member.Name}", IsOff = entry.IsOff || member.IsOff }) : [entry];

    private static string? ProblemOf(string name, string path)
    {
        if (name == "emperor")
            return "the name 'emperor' is taken by the emperor itself. Rename the file";
        if (name.Length > LongestName)
            return $"its name has more than {LongestName} characters. Rename the file";
        if (!char.IsAsciiLetterOrDigit(name[0]) || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@'))
            return "its name may have letters, digits, '-', '_', '.' and '@' only. Rename the file";
        return path.EndsWith(Extension, StringComparison.Ordinal) && Directory.Exists(path) ? "it is a directory" : null;
    }
}
