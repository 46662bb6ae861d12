namespace TacHost.CommandLine;

/// <summary>The texts of the help and the man page, except the options.</summary>
internal static class CommandLineReference
{
    public const string Synopsis = "tachost [options] FILE [parameters] | NAME [plugin options] | COMMAND";

    public const string Summary = "Runs a tac file: a C# script that assigns a tree of services to the global variable 'application'. The application runs as a daemon, or in the foreground with --nodaemon. A plugin, given by its NAME, runs in the same way and has options of its own: tachost NAME --help. An argument is a FILE if it ends in .csx, contains a '/' or is the name of an existing file.";

    public static IReadOnlyList<(string Term, string Meaning)> Examples { get; } =
    [
        ("tachost deployments/ecstasy.csx", "start a daemon; returns when it is ready"),
        ("tachost fastpoetry --port 10000 --poem poetry/ecstasy.txt", "the same with a plugin and its options, without a tac file"),
        ("tachost stop", "stop the daemon"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Commands { get; } = [.. HostCommands.All.Select(command => (command.Synopsis, command.Description))];

    public static string Paths => "Relative paths of options and of the tac file are resolved against the directory in which tachost was started. Relative paths in the tac file are resolved against the run directory (--rundir). The log and the pid file stay outside of the chroot (--chroot).";

    public static IReadOnlyList<(string Term, string Meaning)> ExitCodes { get; } =
    [
        ("0", "a daemon: it is running; with --nodaemon: it stopped as requested, unless the application sets another exit code"),
        ("2", "plan, or an operation with --dry-run: something would change"),
        ("64", "the command line is invalid, or there is no such plugin"),
        ("65", "the tac file does not compile, or does not set a usable 'application'; or the plugin is broken"),
        ("66", "the tac file cannot be read"),
        ("67", "there is no such user or group"),
        ("69", "a service did not start; or WHO is not running"),
        ("70", "the tac file threw an exception, a service failed while running (also for status), or the host has a defect"),
        ("71", "the operating system refused an operation, such as the start of a process"),
        ("73", "the pid file or the log cannot be written"),
        ("75", "the start or the stop took too long"),
        ("77", "the operation requires root; or root would run code that another user can write"),
        ("78", "another instance is running and holds the pid file"),
        ("130, 143", "the start was interrupted by SIGINT or SIGTERM; with --exit-with-signal, also the end of a clean stop"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Signals { get; } =
    [
        ("SIGINT, SIGTERM", "stop the services in reverse order, within the grace period; a second signal, more than a second later, ends the wait"),
        ("SIGUSR1", "reopen the log file, for logrotate"),
        ("SIGHUP", "reload: read the tac file or the plugin again, and replace only what has changed"),
        ("SIGUSR2", "upgrade: a new process of the installed version takes over, without losing a connection"),
        ("SIGPIPE, SIGTTIN, SIGTTOU", "ignored"),
        ("SIGCHLD", "as process 1 of a container: reap orphaned processes"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Files { get; } =
    [
        ("tachost.pid", "the process id; locked while the process runs, and removed when it ends"),
        ("tachost.log", "the log; tachost.log.1 is the newest rotated file"),
        ("~/.cache/tachost", "compiled tac files and indexes of plugin directories; used only if no other user can write there"),
        ("FILE.lock.json", "beside a tac file that uses packages: their exact versions and hashes"),
        ("plugins/", "plugin directories, in the working directory, ~/.local/share/tachost, /usr/local/lib/tachost and /usr/lib/tachost. They are searched in this order, after those of --plugins and TACHOST_PLUGINS and before the host's own. A directory is used only if no other user can write there. Root does not use the first one"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Variables { get; } =
    [
        ("TACHOST_PATH", "directories for #r, separated by ':', after those of --lib"),
        ("TACHOST_PLUGINS", "directories of plugins, separated by ':', after those of --plugins"),
        ("TACHOST_CACHE", "the cache directory for compiled tac files; overrides XDG_CACHE_HOME/tachost"),
        ("NUGET_PACKAGES", "the folder for packages, instead of ~/.nuget/packages"),
        ("TACHOST_SET_NAME", "the value of the tac file's parameter 'name'; overrides the values file, and the command line overrides it"),
        ("CREDENTIALS_DIRECTORY", "systemd's credentials, searched for the file of a secret parameter, before /run/secrets"),
        ("TACHOST_TRUST", "directories, separated by ':', below which root runs code of any owner"),
        ("DOTNET_EnableDiagnostics", "1 keeps the diagnostic socket of .NET, for debuggers and dotnet-counters"),
        ("NOTIFY_SOCKET, WATCHDOG_USEC", "systemd is notified of the start, stop and reload, and that the service tree responds"),
        ("LISTEN_FDS, LISTEN_FDNAMES", "sockets from systemd, for servers with the same addresses and for 'systemd:' endpoints"),
        ("JOURNAL_STREAM", "set if standard output is the journal: log lines then have a level and no time"),
    ];
}
