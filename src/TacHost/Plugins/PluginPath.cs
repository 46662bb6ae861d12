using TacHost.CommandLine;
using TacHost.Loading;

namespace TacHost.Plugins;

/// <summary>Where plugins are looked for, in order.</summary>
/// <remarks>
/// What lies there will be run, perhaps by root. A directory that is looked at because of where it is must belong to this user or root and be writable by nobody
/// else, and so must the files in it; as root, also one that somebody named (<see cref="CodeFile"/>). Root does not look into the working directory at all, which it
/// may have entered for any reason. The host's own is as good as the host.
/// </remarks>
internal static class PluginPath
{
    private const string Folder = "plugins";

    /// <summary>The directory that came with the program.</summary>
    public static string Own { get; } = Path.Combine(Installation.HostDirectory, Folder);

    /// <summary>All of them, those that are not there included.</summary>
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
            directories.Add(new PluginDirectory(path, origin, WhyAbsent(path) ?? CodeFile.WhyNotSearch(path, isNamed: true), IsNamed: true));

        void AddImplied(string path, string origin, string? never = null) =>
            directories.Add(new PluginDirectory(path, origin, WhyAbsent(path) ?? ((never ?? CodeFile.WhyNotSearch(path, isNamed: false)) is { } reason ? $"{reason}; name it with --plugins to use it all the same" : null), IsNamed: false));
    }

    /// <summary>Where assemblies are looked for: as the options say, then in plugin directories, then beside the host.</summary>
    public static IReadOnlyList<string> SearchDirectories(HostOptions options) => SearchDirectories(options, Of(options));

    /// <summary>The same where the plugin directories are known.</summary>
    public static IReadOnlyList<string> SearchDirectories(HostOptions options, IReadOnlyList<PluginDirectory> plugins)
    {
        List<string> all = [.. options.SearchDirectories];
        foreach (var directory in plugins)
        {
            if (directory.WhyNot is null)
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

    private static string? WhyAbsent(string path) => Directory.Exists(path) ? null : File.Exists(path) ? "it is a file" : "there is no such directory";

    private static string? UserData()
    {
        if (Environment.GetEnvironmentVariable("XDG_DATA_HOME") is ['/', ..] data)
            return data;
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is ['/', ..] home ? Path.Combine(home, ".local", "share") : null;
    }
}
