namespace TacHost.CommandLine;

/// <summary>The texts of the help and the man page, except the options.</summary>
internal static class Reference
{
    public const string Synopsis = "tachost [options] FILE [parameters] | NAME [plugin options] | COMMAND";

    public const string Summary = "Runs the application that a tac file, a C# script, leaves in its global named 'application': as a daemon that outlives this terminal, or in the foreground with --nodaemon. Or a plugin's in the same way, by its NAME and with options of its own: tachost NAME --help. A word is a FILE if it ends in .csx, has a '/' in it or is the name of a file that is there.";

    public static IReadOnlyList<(string Term, string Meaning)> Examples { get; } =
    [
        ("tachost deployments/ecstasy.csx", "start a daemon; the prompt is back when it serves"),
        ("tachost fastpoetry --port 10000 --poem poetry/ecstasy.txt", "the same without a tac file: a plugin with its options"),
        ("tachost stop", "stop it"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Commands { get; } = [.. HostCommands.All.Select(command => (command.Synopsis, command.Description))];

    public static string Paths => "Paths of options start at the directory in which tachost was started, as does that of the tac file; relative paths in the tac file start at the run directory. The log and the pid file stay outside of a jail.";

    public static IReadOnlyList<(string Term, string Meaning)> ExitCodes { get; } =
    [
        ("0", "a daemon: it runs; --nodaemon: it has run and stopped as asked, unless the application sets a code of its own"),
        ("64", "the command line is wrong, or there is no such plugin"),
        ("65", "the tac file does not compile, or leaves no usable 'application'; or the plugin is broken"),
        ("66", "the tac file cannot be read"),
        ("67", "there is no such user or group"),
        ("69", "a service did not start; or nothing that WHO names is running"),
        ("70", "the tac threw, a service failed while running (also for status), or the host has a defect"),
        ("71", "the operating system refused something, such as another process"),
        ("73", "the pid file or the log cannot be written"),
        ("75", "the start or the stop took too long"),
        ("77", "the operation requires root; or root would run code that another user can write"),
        ("78", "another instance runs and holds the pid file"),
        ("130, 143", "the start was interrupted by SIGINT or SIGTERM; with --exit-with-signal, also the end of a clean stop"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Signals { get; } =
    [
        ("SIGINT, SIGTERM", "stop: the services in reverse, within the grace period; another one, more than a second later, cuts the wait short"),
        ("SIGUSR1", "reopen the log file, for logrotate"),
        ("SIGHUP", "reload: read the tac file or the plugin again, and replace what has changed"),
        ("SIGUSR2", "upgrade: a new process of the installed version takes over, without losing a connection"),
        ("SIGPIPE, SIGTTIN, SIGTTOU", "ignored"),
        ("SIGCHLD", "as process 1 of a container, orphans are reaped"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Files { get; } =
    [
        ("tachost.pid", "the process id; locked as long as the process runs, and removed at its end"),
        ("tachost.log", "the log; tachost.log.1 is the newest of the older ones"),
        ("~/.cache/tachost", "compiled tac files and the indexes of plugin directories; used only if no other user can write there"),
        ("FILE.lock.json", "beside a tac file with packages: their exact versions and hashes"),
        ("plugins/", "here, in ~/.local/share/tachost, in /usr/local/lib/tachost, in /usr/lib/tachost: plugins, in this order, after those of --plugins and TACHOST_PLUGINS and before the host's own; used only if no other user can write there, and the first of them not by root"),
    ];

    public static IReadOnlyList<(string Term, string Meaning)> Variables { get; } =
    [
        ("TACHOST_PATH", "directories for #r, separated by ':', after those of --lib"),
        ("TACHOST_PLUGINS", "directories of plugins, separated by ':', after those of --plugins"),
        ("TACHOST_CACHE", "where compiled tac files are kept instead; before XDG_CACHE_HOME/tachost"),
        ("NUGET_PACKAGES", "the folder of packages instead of ~/.nuget/packages"),
        ("TACHOST_SET_NAME", "the value of the tac file's parameter 'name', after the words of the command line and before the file of values"),
        ("CREDENTIALS_DIRECTORY", "systemd's credentials, where a secret parameter is looked for by its name, and then in /run/secrets"),
        ("TACHOST_TRUST", "directories, separated by ':', below which root runs code of any owner"),
        ("DOTNET_EnableDiagnostics", "1 keeps .NET's socket and pipes for debuggers and dotnet-counters in the temporary directory"),
        ("NOTIFY_SOCKET, WATCHDOG_USEC", "systemd is notified of start, stop and reload, and that the tree responds"),
        ("LISTEN_FDS, LISTEN_FDNAMES", "sockets from systemd, for servers with their addresses and for 'systemd:' endpoints"),
        ("JOURNAL_STREAM", "standard output is the journal: lines carry their level and no time"),
    ];
}
