using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>The commands of the host, in the order of the help. Reading, help, man page and completion are made from this table.</summary>
internal static class HostCommands
{
    private static readonly string[] _shells = ["bash", "zsh", "fish"];

    private static readonly string[] _engines = ["systemd", "k8s", "nomad", "ocf", "keepalived"];
    private static readonly Option _json = new("--json", null, null, "Print JSON.", (options, _) => options with { Command = options.Command with { Json = true } });
    private static readonly Option _user = new("--user", null, null, "For the service manager of a user (systemctl --user).", (options, _) => options with { Command = options.Command with { ForUser = true } });
    private static readonly Option _sockets = new("--sockets", null, null, "Add socket units: systemd opens the ports, and clients wait while the service restarts.", (options, _) => options with { Command = options.Command with { Sockets = true } });
    private static readonly Option _out = new("--out", null, "DIR", "Write the units to files in a directory.", (options, value) => options with { Command = options.Command with { Directory = OptionValue.FullPath(value) } });
    private static readonly Option _image = new("--image", null, "IMAGE", "The container image.", (options, value) => options with { Command = options.Command with { Image = OptionValue.NotEmpty(value, "the name of an image") } }) { Default = "tachost with the version of this program" };

    private static readonly Option _dryRun = new("--dry-run", null, null, "Only show the plan: exits with 0 if nothing would change, otherwise with 2.", (options, _) => options with { Command = options.Command with { DryRun = true } });

    private static readonly Option _names = new("--names", null, null, "For completion: names and process ids.", (options, _) => options with { Command = options.Command with { List = true } }) { IsHidden = true };

    public static IReadOnlyList<HostCommand> All { get; } =
    [
        new("ps", "", "list the running applications of this user; for root, those of all users", (options, words) => Operate("ps", options, words, 0, 0)) { Options = [_json, _names] },
        new("status", "[WHO]", "show the state of a running application; WHO is its name, process id, pid file or tac file, and can be omitted if only one is running", (options, words) => Operate("status", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("stop", "[WHO] [PATH]", "stop a running application and wait for its end; or stop only its service at PATH", (options, words) => Operate("stop", options, words, 0, 2)) { Word = CommandWord.Running },
        new("start", "WHO PATH", "start a stopped or failed service of a running application", (options, words) => Operate("start", options, words, 2, 2)) { Word = CommandWord.Running },
        new("restart", "[WHO] [PATH]", "stop a daemon and start it with the same command line, unless its tac file does not compile; or restart only its service at PATH", (options, words) => Operate("restart", options, words, 0, 2)) { Word = CommandWord.Running },
        new("reload", "[WHO]", "read the tac file of a running application again and replace only what has changed, without losing a connection; if that fails, nothing changes", (options, words) => Operate("reload", options, words, 0, 1))
        {
            Word = CommandWord.Running,
            Options = [_dryRun, _json],
        },
        new("plan", "[WHO] [FILE]", "show what a reload would change, and why, or what the tac file FILE would change in place of the running one; exits with 0 if nothing would change, otherwise with 2", (options, words) => Operate("plan", options, words, 0, 2)) { Word = CommandWord.RunningOrTacFile, Options = [_json] },
        new("history", "[WHO]", "list the last deployments of a running application: its start and its reloads", (options, words) => Operate("history", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("rollback", "[WHO] [NUMBER]", "return to the deployment with this number, or to the previous one, as a reload does; the tac file is not changed", (options, words) => Operate("rollback", options, words, 0, 2)) { Word = CommandWord.Running, Options = [_dryRun, _json] },
        new("upgrade", "[WHO]", "replace a running process by a new one of this version, without losing a connection; if the new process does not start, the old one keeps running", (options, words) => Operate("upgrade", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("logs", "[WHO]", "show the last lines of the log of a running application", (options, words) => Operate("logs", options, words, 0, 1))
        {
            Word = CommandWord.Running,
            Options =
            [
                new("--follow", 'f', null, "Print further lines as they are logged.", (options, _) => options with { Command = options.Command with { Follow = true } }),
                new("--lines", 'n', "COUNT", "The number of lines.", (options, value) => options with { Command = options.Command with { Lines = OptionValue.Count(value) } }) { Default = "20" },
                new("--level", null, "LEVEL", "Show only lines of this level and above.", (options, value) => options with { Command = options.Command with { Level = OptionValue.Choice(value, LogLevelName.All) } }) { Choices = LogLevelName.All },
                new("--service", null, "PATH", "Show only lines of this service or category, and of all below it.", (options, value) => options with { Command = options.Command with { Category = OptionValue.NotEmpty(value, "the path of a service") } }),
                _json,
            ],
        },
        new("level", "[CATEGORY] [LEVEL]", "show or change the log levels of a running application: for everything, or for a service or category and all below it; the LEVEL 'default' reverts a change", (options, words) => words.Length == 0 || IsLevel(words[^1]) ? Operate("level", options, words, 0, 2) : null)
        {
            Word = CommandWord.Choice,
            Choices = [.. LogLevelName.All, "default"],
            Options = [new("--who", null, "WHO", "The running application.", (options, value) => options with { Command = options.Command with { Who = value } }) { Default = "the one whose name begins the category, or the only one" }, _json],
        },
        new("dump", "[WHO]", "show the managed stacks of a process, its waiting async methods, and what its services wait for; also works if it hangs, and pauses it for a moment", (options, words) => Operate("dump", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("attach", "[WHO]", "open a C# prompt in a running application, or run lines from a pipe; lines can read everything, and change things only with --write; each line is logged", (options, words) => words.Length < 2 ? new HostRequest.Attach(HostRequest.ForHelp(options), words.Length == 0 ? null : words[0]) : null)
        {
            Word = CommandWord.Running,
            Options = [new("--write", null, null, "Make 'application' the application itself, instead of a read-only view.", (options, _) => options with { Command = options.Command with { Write = true } }), _json],
        },
        new("parameters", "FILE", "list the parameters of a tac file; the same as FILE --help", (options, words) => words is [var file] ? new HostRequest.ShowParameters(HostRequest.ForHelp(options), file) : null) { Word = CommandWord.TacFile },
        new("check", "FILE...", "compile tac files, build their trees without starting anything, and report mistakes; exits with 0 if there are none", (options, words) => words.Length > 0 ? new HostRequest.Check(HostRequest.ForHelp(options), words) : null) { Word = CommandWord.TacFile, Options = [_json] },
        new("tree", "[WHO|FILE]", "show the services of a running application: state, connections, failures; or those of a tac FILE that is not running, with the endpoints and files that they use", (options, words) => words.Length < 2 ? new HostRequest.ShowTree(HostRequest.ForHelp(options), words.Length == 0 ? null : words[0]) : null)
        {
            Word = CommandWord.RunningOrTacFile,
            Options =
            [
                _json,
                new("--svg", null, "FILE", "Write a picture of the tree of a tac file, in SVG format.", (options, value) => options with { Command = options.Command with { Picture = OptionValue.FullPath(value), Evaluate = true } }),
                new("--watch", null, null, "Refresh every second.", (options, _) => options with { Command = options.Command with { Watch = true } }),
                new("--evaluate", null, null, "Evaluate the tac file even if it is running.", (options, _) => options with { Command = options.Command with { Evaluate = true } }),
            ],
        },
        new("unit", "FILE", "print a systemd unit for a tac file, which permits only what the services need; options before the command, such as --metrics, --uid, --set and --rundir, go into the unit", (options, words) => words is [var file] ? new HostRequest.WriteUnit(HostRequest.ForHelp(options), file) : null)
        {
            Word = CommandWord.TacFile,
            Options = [_user, _sockets, _out],
        },
        new("k8s", "FILE", "print a ConfigMap, a Deployment and a Service of Kubernetes for a tac file; options before the command, such as --metrics, --set and --rundir, go into them", (options, words) => words is [var file] ? new HostRequest.WriteKubernetes(HostRequest.ForHelp(options), file) : null)
        {
            Word = CommandWord.TacFile,
            Options = [_image],
        },
        new("export", "systemd|k8s|nomad|ocf|keepalived DIR", "print what another engine needs to keep all tac files of a directory running, as an emperor does: systemd (units and a target), k8s (objects of Kubernetes), nomad (jobs), ocf (resource agents of Pacemaker) or keepalived (an address that follows a healthy machine); options before the command, such as --rundir, go into all of them", (options, words) => words is [var engine, var directory] && Array.IndexOf(_engines, engine) >= 0 ? new HostRequest.Export(HostRequest.ForHelp(options), engine, directory) : null)
        {
            Word = CommandWord.Choice,
            Choices = _engines,
            Options = [_user, _sockets, _out, _image],
        },
        new("new", "[TEMPLATE] NAME", "write a commented tac file that runs; --list shows the templates", (options, words) => words switch
        {
            [] when options.Command.List => new HostRequest.ListTemplates(),
            [var name] => new HostRequest.New(null, name, options.Command.AsProgram),
            [var template, var name] => new HostRequest.New(template, name, options.Command.AsProgram),
            _ => null,
        })
        {
            Options =
            [
                new("--list", null, null, "List the templates.", (options, _) => options with { Command = options.Command with { List = true } }),
                new("--cs", null, null, "Write a .cs file, a file-based program of .NET; implied by a NAME that ends in .cs.", (options, _) => options with { Command = options.Command with { AsProgram = true } }),
            ],
        },
        new("ide", "[DIR]", "write projects for the tac files of a directory, so that editors complete code, show errors and debug; --lib as for a start", (options, words) => words.Length < 2 ? new HostRequest.WriteProjects(HostRequest.ForHelp(options), words.Length == 0 ? "." : words[0]) : null)
        {
            Word = CommandWord.Directory,
            Options = [new("--force", null, null, "Overwrite files that 'tachost ide' has not written.", (options, _) => options with { Command = options.Command with { Overwrite = true } })],
        },
        new("plugins", "", "list all plugins and their errors; --why explains one", (options, words) => words.Length == 0 ? new HostRequest.ShowPlugins(HostRequest.ForHelp(options), options.Command.Question, options.Command.Name) : null)
        {
            Word = CommandWord.Plugin,
            Options =
            [
                new("--why", null, "NAME", "Show where a plugin was searched for, and its errors.", (options, value) => Ask(options, PluginQuery.Why, value)),
                new("--names", null, null, "For completion: names and descriptions.", (options, _) => Ask(options, PluginQuery.Names, null)) { IsHidden = true },
                new("--options", null, "NAME", "For completion: the options of a plugin.", (options, value) => Ask(options, PluginQuery.Options, value)) { IsHidden = true },
            ],
        },
        new("compile", "FILE...", "compile tac files into the cache without running them, or into a directory that TACHOST_CACHE names at the start, for images and read-only machines", (options, words) => words.Length > 0 ? new HostRequest.Compile(HostRequest.ForHelp(options), words, options.Command.Directory) : null)
        {
            Word = CommandWord.TacFile,
            Options = [new("--out", null, "DIR", "The directory to compile into.", (options, value) => options with { Command = options.Command with { Directory = OptionValue.FullPath(value) } })],
        },
        new("restore", "FILE...", "download the packages in the lock files of tac files, or create the lock files; a start does the same for missing packages", (options, words) => words.Length > 0 ? new HostRequest.Restore(HostRequest.ForHelp(options), words) : null)
        {
            Word = CommandWord.TacFile,
            Options =
            [
                new("--to", null, "DIR", "The folder for the packages, instead of the user's own. A folder 'packages' beside a tac file is searched first.", (options, value) => options with { Command = options.Command with { Directory = OptionValue.FullPath(value) } }),
                new("--update", null, null, "Resolve all versions again and ignore the lock file.", (options, _) => options with { Command = options.Command with { Renew = true } }),
                new("--locked", null, null, "Fail instead of changing a lock file.", (options, _) => options with { Locked = true }),
            ],
        },
        .. FleetCommandLine.All,
        ClusterCommandLine.Command,
        new("completion", "SHELL", "print the completions for bash, zsh or fish", (_, words) => words is [var shell] && Array.IndexOf(_shells, shell) >= 0 ? new HostRequest.ShowCompletion(shell) : null) { Word = CommandWord.Choice, Choices = _shells },
        new("manpage", "[NAME]", "print the man page, or that of a plugin", (options, words) => words.Length < 2 ? new HostRequest.ShowManPage(HostRequest.ForHelp(options), words.Length == 0 ? null : words[0]) : null) { Word = CommandWord.Plugin },
    ];

    public static IEnumerable<string> Names => All.Select(command => command.Name);

    public static HostCommand? Find(string name)
    {
        foreach (var command in All)
        {
            if (command.Name == name)
                return command;
        }

        return null;
    }

    private static bool IsLevel(string word) => word == "default" || LogLevelName.Parse(word) is not null;

    private static HostRequest.Operate? Operate(string name, HostOptions options, string[] words, int fewest, int most) =>
        words.Length >= fewest && words.Length <= most ? new HostRequest.Operate(HostRequest.ForHelp(options), name, words) : null;

    private static HostOptions Ask(HostOptions options, PluginQuery question, string? name) =>
        options with { Command = options.Command with { Question = question, Name = name } };
}
