using System.Globalization;
using System.Text;
using TacHost.CommandLine;
using TacHost.Services;

namespace TacHost.Units;

/// <summary>The systemd unit that <c>tachost unit</c> prints. It permits only what the services of the tree declare as needs.</summary>
/// <param name="root">The tree.</param>
/// <param name="options">The options that the deployment is to run with.</param>
/// <param name="file">The tac file.</param>
/// <param name="user">The number of the user that the tac file names, or null.</param>
internal sealed class SystemdUnit(ServiceNode root, HostOptions options, string file, int? user)
{
    private const int FirstFreePort = 1024;

    private static readonly string[] _homes = ["/home/", "/root/", "/run/user/"];

    private readonly StringBuilder _text = new();
    private readonly string _name = KebabCase.Of(root.Name);
    private readonly string _file = Path.GetFullPath(file);
    private readonly string _directory = Path.GetFullPath(options.RunDirectory ?? ".");

    private ListeningPlace[] Places { get; } = [.. root.All.SelectMany(node => node.Needs).Where(need => need.Kind == ServiceNeedKind.Listen).Select(need => ListeningPlace.Of(need.Name))];

    /// <summary>Returns the unit.</summary>
    public string Make(bool isForUser)
    {
        Section("Unit");
        Add("Description", root.Name.Replace("%", "%%", StringComparison.Ordinal));
        Add("AssertPathExists", PathText(_file));
        if (Array.Exists(Places, place => place is { Kind: "tcp" or "udp", IsLocal: false }) && !isForUser)
        {
            Add("After", "network-online.target");
            Add("Wants", "network-online.target");
        }

        Section("Service");
        AddProcess(isForUser);
        if (!isForUser)
            AddUserAndFiles();
        AddLimits(isForUser);
        Section("Install");
        Add("WantedBy", isForUser ? "default.target" : "multi-user.target");
        return _text.ToString();
    }

    private void AddProcess(bool isForUser)
    {
        Add("Type", "notify");
        Add("ExecStart", string.Join(' ', Words().Select(Quoted)));
        Add("Environment", $"TACHOST_CACHE=%C/tachost/{_name}");

        // As tachost does for daemons of its own.
        Add("Environment", "DOTNET_GCgen0size=400000");
        Add("CacheDirectory", $"tachost/{_name}");
        Add("CacheDirectoryMode", "0700");
        Add("WatchdogSec", "30");
        Add("TimeoutStartSec", Seconds(options.StartTimeout.TotalSeconds + 30));
        Add("TimeoutStopSec", Seconds(options.Grace.TotalSeconds + 15));
        Add("Restart", "on-failure");
        if (!isForUser)
            Add("UMask", options.Umask is { } umask ? Convert.ToString(umask, 8).PadLeft(4, '0') : "0077");
    }

    private IEnumerable<string> Words()
    {
        yield return Installation.FrontProgram;
        yield return "--nodaemon";
        yield return "--no-pidfile";
        yield return "--rundir";
        yield return _directory;
        foreach (var library in options.Libraries)
        {
            yield return "--lib";
            yield return library;
        }

        if (options.Metrics is { } metrics)
        {
            yield return "--metrics";
            yield return metrics;
        }

        if (options.ValuesFile is { } values)
        {
            yield return "--values";
            yield return values;
        }

        foreach (var setting in options.Settings)
        {
            yield return "--set";
            yield return setting;
        }

        yield return _file;
    }

    private void AddUserAndFiles()
    {
        if (options.User is { } name)
            Add("User", name.Replace("%", "%%", StringComparison.Ordinal));
        else if (user is not null)
            Add("User", user.Value.ToString(CultureInfo.InvariantCulture));
        else
            Add("DynamicUser", "yes");
        if (options.Group is { } group)
            Add("Group", group.Replace("%", "%%", StringComparison.Ordinal));
        var needsPort = Array.Exists(Places, place => place.Port < FirstFreePort);
        Add("CapabilityBoundingSet", needsPort ? "CAP_NET_BIND_SERVICE" : "");
        if (needsPort)
            Add("AmbientCapabilities", "CAP_NET_BIND_SERVICE");
        else
            Add("PrivateUsers", "yes");

        Add("ProtectSystem", "strict");
        string[] read = [_directory, _file, .. Files(ServiceNeedKind.File), .. Files(ServiceNeedKind.Directory)];
        Add("ProtectHome", Array.Exists(read, IsInHome) ? "read-only" : "yes");
        foreach (var path in read.Distinct(StringComparer.Ordinal))
            Add("ReadOnlyPaths", PathText(path));
        foreach (var directory in Places.Where(place => place.Kind == "unix" && place.Place.StartsWith('/')).Select(place => Path.GetDirectoryName(place.Place)!).Distinct(StringComparer.Ordinal))
            Add("ReadWritePaths", PathText(directory));
        foreach (var setting in (ReadOnlySpan<string>)["PrivateTmp", "PrivateDevices", "PrivateIPC", "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "ProtectClock", "ProtectHostname", "RemoveIPC"])
            Add(setting, "yes");
        Add("ProtectProc", "invisible");
        Add("DevicePolicy", "closed");
    }

    private void AddLimits(bool isForUser)
    {
        Add("NoNewPrivileges", "yes");

        // Netlink is what getaddrinfo(3) and .NET look up interfaces with.
        Add("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK");
        foreach (var setting in (ReadOnlySpan<string>)["RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"])
            Add(setting, "yes");
        Add("SystemCallArchitectures", "native");
        Add("SystemCallFilter", "@system-service");
        Add("SystemCallFilter", "~@privileged @resources");
        Add("SystemCallErrorNumber", "EPERM");
        if (!isForUser)
            Add("KeyringMode", "private");
    }

    private IEnumerable<string> Files(ServiceNeedKind kind) =>
        root.All.SelectMany(node => node.Needs).Where(need => need.Kind == kind).Select(need => Path.GetFullPath(need.Name, _directory));

    private static bool IsInHome(string path) => Array.Exists(_homes, home => path.StartsWith(home, StringComparison.Ordinal));

    private void Section(string name) => _text.Append(_text.Length == 0 ? "" : "\n").Append('[').Append(name).Append("]\n");

    private void Add(string name, string value) => _text.Append(name).Append('=').Append(value).Append('\n');

    private static string Seconds(double seconds) => Math.Ceiling(seconds).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>A path where systemd reads one: specifiers are escaped, and quotes hold it together.</summary>
    private static string PathText(string path)
    {
        var escaped = path.Replace("%", "%%", StringComparison.Ordinal);
        return escaped.Any(char.IsWhiteSpace) ? $"\"{escaped.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : escaped;
    }

    /// <summary>A word of a command line, as systemd.service(5) reads it.</summary>
    private static string Quoted(string word)
    {
        var escaped = word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return escaped.Length > 0 && escaped.All(character => char.IsAsciiLetterOrDigit(character) || "/._-=:@%+,".Contains(character, StringComparison.Ordinal)) ? escaped : $"\"{escaped}\"";
    }
}
