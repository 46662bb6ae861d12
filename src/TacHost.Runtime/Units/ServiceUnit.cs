using System.Globalization;
using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost.Units;

/// <summary>The service unit of a deployment. It permits only what the services of the tree declare as needs.</summary>
internal sealed class ServiceUnit(Deployed deployed, IReadOnlyList<string> sockets)
{
    private const string RuntimeRoot = "/run/", RootVariable = "DOTNET_ROOT";

    private static readonly string[] _homes = ["/home/", "/root/", "/run/user/"];

    private readonly UnitText _unit = new();
    private readonly HostOptions _options = deployed.Options;

    private bool IsForUser => _options.Command.ForUser;

    /// <summary>Gets the addresses that the process itself binds.</summary>
    private IEnumerable<ListeningPlace> Bound => sockets.Count > 0 ? [] : deployed.Places;

    public string Make()
    {
        _unit.Section("Unit");
        _unit.Add("Description", UnitText.Plain(deployed.Root.Name));
        _unit.Add("AssertPathExists", UnitText.Plain(deployed.File)); // not a list: quotes would be part of the path
        if (deployed.Target is { } target)
            _unit.Add("PartOf", target);
        if (sockets.Count > 0)
        {
            _unit.Add("Requires", string.Join(' ', sockets));
            _unit.Add("After", string.Join(' ', sockets));
        }

        if (Bound.Any(place => place is { Kind: "tcp" or "udp", IsLocal: false }) && !IsForUser)
        {
            _unit.Add("After", "network-online.target");
            _unit.Add("Wants", "network-online.target");
        }

        _unit.Section("Service");
        AddProcess();
        if (!IsForUser)
            AddUserAndFiles();
        AddLimits();
        _unit.Section("Install");
        _unit.Add("WantedBy", deployed.Target ?? (IsForUser ? "default.target" : "multi-user.target"));
        if (sockets.Count > 0)
            _unit.Add("Also", string.Join(' ', sockets));
        return _unit.ToString();
    }

    private void AddProcess()
    {
        if (SystemdVersion.HasNotifyReload)
        {
            _unit.Add("Type", "notify-reload");
        }
        else
        {
            _unit.Add("Type", "notify");
            _unit.Add("ExecReload", "/bin/kill -HUP $MAINPID");
        }

        _unit.Add("ExecStart", string.Join(' ', Words.Select(UnitText.Word)));
        _unit.Add("Environment", $"TACHOST_CACHE=%C/tachost/{deployed.UnitName}");

        // As tachost does for daemons of its own.
        _unit.Add("Environment", $"{RuntimeSettings.GarbageVariable}={RuntimeSettings.GarbageSize}");
        if (Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } root)
            _unit.Add("Environment", UnitText.Path($"{RootVariable}={root}"));
        _unit.Add("CacheDirectory", $"tachost/{deployed.UnitName}");
        _unit.Add("CacheDirectoryMode", "0700");
        _unit.Add("WatchdogSec", "30");
        _unit.Add("TimeoutStartSec", deployed.StartSeconds.ToString(CultureInfo.InvariantCulture));
        _unit.Add("TimeoutStopSec", deployed.StopSeconds.ToString(CultureInfo.InvariantCulture));
        _unit.Add("Restart", "on-failure");
        if (!IsForUser)
            _unit.Add("UMask", _options.Umask is { } umask ? Convert.ToString(umask, 8).PadLeft(4, '0') : "0077");
    }

    private IEnumerable<string> Words => [.. InstalledCommand.Words, "--nodaemon", "--no-pidfile", .. deployed.Words(_options.Metrics)];

    private void AddUserAndFiles()
    {
        if (_options.User is { } name)
            _unit.Add("User", UnitText.Plain(name));
        else if (deployed.User is { } number)
            _unit.Add("User", number.ToString(CultureInfo.InvariantCulture));
        else
            AddDynamicUser();
        if (_options.Group is { } group)
            _unit.Add("Group", UnitText.Plain(group));
        var needsPort = Bound.Any(place => place.IsPrivileged);
        _unit.Add("CapabilityBoundingSet", needsPort ? "CAP_NET_BIND_SERVICE" : "");
        if (needsPort)
            _unit.Add("AmbientCapabilities", "CAP_NET_BIND_SERVICE");
        else
            _unit.Add("PrivateUsers", "yes");

        _unit.Add("ProtectSystem", "strict");
        string[] read = [deployed.Directory, deployed.File, .. deployed.ReadPaths];
        _unit.Add("ProtectHome", read.Concat(Words).Any(IsInHome) ? "read-only" : "yes");
        foreach (var path in read.Distinct(StringComparer.Ordinal))
            _unit.Add("ReadOnlyPaths", UnitText.Path(path));
        AddSocketDirectories();
        foreach (var setting in (ReadOnlySpan<string>)["PrivateTmp", "PrivateDevices", "PrivateIPC", "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "ProtectClock", "ProtectHostname", "RemoveIPC"])
            _unit.Add(setting, "yes");
        _unit.Add("ProtectProc", "invisible");
        _unit.Add("DevicePolicy", "closed");
    }

    /// <summary>Adds a user that exists only while the service runs. NuGet keeps packages in the home directory, which would be / otherwise.</summary>
    private void AddDynamicUser()
    {
        _unit.Add("DynamicUser", "yes");
        _unit.Add("Environment", $"HOME=%C/tachost/{deployed.UnitName}");
    }

    /// <summary>Allows to create the files of UNIX sockets. A directory below /run belongs to the service, and systemd creates it.</summary>
    private void AddSocketDirectories()
    {
        foreach (var directory in Bound.Where(place => place.Kind == "unix").Select(place => Path.GetDirectoryName(Path.GetFullPath(place.Place, deployed.Directory))!).Distinct(StringComparer.Ordinal))
        {
            if (directory.StartsWith(RuntimeRoot, StringComparison.Ordinal) && !directory.StartsWith("/run/user/", StringComparison.Ordinal))
                _unit.Add("RuntimeDirectory", UnitText.Path(directory[RuntimeRoot.Length..]));
            else
                _unit.Add("ReadWritePaths", UnitText.Path(directory));
        }
    }

    private void AddLimits()
    {
        _unit.Add("NoNewPrivileges", "yes");

        // Netlink is what getaddrinfo(3) and .NET look up interfaces with.
        _unit.Add("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK");
        foreach (var setting in (ReadOnlySpan<string>)["RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"])
            _unit.Add(setting, "yes");
        _unit.Add("SystemCallArchitectures", "native");
        _unit.Add("SystemCallFilter", "@system-service");
        _unit.Add("SystemCallFilter", "~@privileged @resources");
        _unit.Add("SystemCallErrorNumber", "EPERM");
        if (!IsForUser)
            _unit.Add("KeyringMode", "private");
    }

    private static bool IsInHome(string path) => Array.Exists(_homes, home => path.StartsWith(home, StringComparison.Ordinal));
}
