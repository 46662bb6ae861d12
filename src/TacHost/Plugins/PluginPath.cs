using TacHost.CommandLine;
using TacHost.Loading;

namespace TacHost.Plugins;

/// <summary>The directories that are searched for plugins, in order.</summary>
/// <remarks>
/// Plugins may be executed by root. A default directory and its files must belong to this user or root, and must not be writable by others.
/// For root, this also applies to directories named by the user (<see cref="CodeFile"/>). Root never searches the working
/// directory, which root may have entered for any reason. The host's own directory is trusted like the host.
/// </remarks>
internal static class PluginPath
{
    private const string Folder = "plugins";

    public static string Own { get; } = Path.Combine(Installation.HostDirectory, Folder);

    /// <summary>Returns all directories, including missing ones.</summary>
    public static IReadOnlyList<PluginDirectory> Of(HostOptions options)
    {
        List<PluginDirectory> directories = [];
        foreach (var path in options.PluginDirectories)
            AddNamed(path, "--plugins");
        foreach (var path in (Environment.GetEnvironmentVariable("TACHOST_PLUGINS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            AddNamed(Path.GetFullPath(path), "TACHOST_PLUGINS");
        if (Path.Exists("."))
            AddImplied(Path.GetFullPath(Folder), "./plugins", Environment.IsPrivilegedProcess && !CodeFile.IsTrustedByName(Path.GetFullPath(Folder)) ? "root does not look for plugins in the working directory" : null);
        if (UserData() is { } data)
            AddImplied(Path.Combine(data, "tachost", Folder), "user");
        AddImplied("/usr/local/lib/tachost/plugins", "machine");
        AddImplied("/usr/lib/tachost/plugins", "machine");
        AddNamed(Own, "host");
        return WithoutRepetitions(directories);

        void AddNamed(string path, string origin) =>
            directories.Add(new PluginDirectory(path, origin, ExplainAbsence(path) ?? CodeFile.ExplainSearchDistrust(path, isNamed: true), IsNamed: true));

        void AddImplied(string path, string origin, string? never = null) =>
            directories.Add(new PluginDirectory(path, origin, ExplainAbsence(path) ?? ((never ?? CodeFile.ExplainSearchDistrust(path, isNamed: false)) is { } reason ? $"{reason}; name it with --plugins to use it anyway" : null), IsNamed: false));
    }

    /// <summary>Returns the directories that are searched for assemblies: those of the options, then plugin directories, then the host's own.</summary>
    public static IReadOnlyList<string> SearchDirectories(HostOptions options) => SearchDirectories(options, Of(options));

    public static IReadOnlyList<string> SearchDirectories(HostOptions options, IReadOnlyList<PluginDirectory> plugins)
    {
        List<string> all = [.. options.SearchDirectories];
        foreach (var directory in plugins)
        {
            if (directory.SkipReason is null)
                all.Insert(all.Count - 1, directory.Path);
        }

        return all;
    }

    private static List<PluginDirectory> WithoutRepetitions(List<PluginDirectory> directories)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<PluginDirectory> distinct = [];
        foreach (var directory in directories)
        {
            if (seen.Add(Path.TrimEndingDirectorySeparator(directory.Path)))
                distinct.Add(directory);
        }

        return distinct;
    }

    private static string? ExplainAbsence(string path) => Directory.Exists(path) ? null : File.Exists(path) ? "it is a file" : "there is no such directory";

    private static string? UserData()
    {
        if (Environment.GetEnvironmentVariable("XDG_DATA_HOME") is ['/', ..] data)
            return data;
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is ['/', ..] home ? Path.Combine(home, ".local", "share") : null;
    }
}
