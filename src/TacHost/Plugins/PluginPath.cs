using TacHost.CommandLine;
using TacHost.Interop;

namespace TacHost.Plugins;

/// <summary>Where plugins are looked for, in order.</summary>
/// <remarks>
/// What lies there will be run, perhaps by root. A directory that somebody named is taken as it is; one that is looked at because of where it is must
/// belong to this user or root and be writable by nobody else. The host's own is as good as the host.
/// </remarks>
internal static class PluginPath
{
    private const string Folder = "plugins";

    /// <summary>The directory that came with the program.</summary>
    public static string Own { get; } = Path.Combine(AppContext.BaseDirectory, Folder);

    /// <summary>All of them, those that are not there included.</summary>
    public static IReadOnlyList<PluginDirectory> Of(HostOptions options)
    {
        List<PluginDirectory> directories = [];
        foreach (var path in options.PluginDirectories)
            directories.Add(new PluginDirectory(path, "--plugins", WhyAbsent(path)));
        foreach (var path in (Environment.GetEnvironmentVariable("TACHOST_PLUGINS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            directories.Add(new PluginDirectory(Path.GetFullPath(path), "TACHOST_PLUGINS", WhyAbsent(Path.GetFullPath(path))));
        if (Path.Exists("."))
            AddImplied(Path.GetFullPath(Folder), "./plugins");
        if (UserData() is { } data)
            AddImplied(Path.Combine(data, "tachost", Folder), "user");
        AddImplied("/usr/local/lib/tachost/plugins", "machine");
        AddImplied("/usr/lib/tachost/plugins", "machine");
        directories.Add(new PluginDirectory(Own, "host", WhyAbsent(Own)));
        return WithoutRepetitions(directories);

        void AddImplied(string path, string origin) =>
            directories.Add(new PluginDirectory(path, origin, WhyAbsent(path) ?? (DirectoryTrust.WhyNot(path, isOwnGroupTrusted: true) is { } reason ? $"{reason}; name it with --plugins to use it all the same" : null)));
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
