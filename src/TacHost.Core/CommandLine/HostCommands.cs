using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>The commands of the host, in the order of the help. Reading, help, man page and completion are made from this table.</summary>
internal static class HostCommands
{
    private static readonly string[] _shells = ["bash", "zsh", "fish"];

    private static readonly string[] _engines = ["systemd", "k8s"];
    private static readonly Option _json = new("--json", null, null, "Print JSON.", (options, _) => options with { Command = options.Command with { Json = true } });
    private static readonly Option _user = new("--user", null, null, "For the service manager of a user (systemctl --user).", (options, _) => options with { Command = options.Command with { ForUser = true } });
    private static readonly Option _sockets = new("--sockets", null, null, "Add socket units: systemd opens the ports, and clients wait while the service restarts.", (options, _) => options with { Command = options.Command with { Sockets = true } });
    private static readonly Option _out = new("--out", null, "DIR", "Write the units to files in a directory.", (options, value) => options with { Command = options.Command with { Directory = OptionValue.FullPath(value) } });
    private static readonly Option _image = new("--image", null, "IMAGE", "The container image.", (options, value) => options with { Command = options.Command with { Image = OptionValue.NotEmpty(value, "the name of an image") } }) { Default = "tachost with the version of this program" };

    private static readonly Option _dryRun = new("--dry-run", null, null, "Show the plan and do nothing: exits 0 if there is nothing to do, and 2 if there are changes.", (options, _) => options with { Command = options.Command with { DryRun = true } });

    private static readonly Option _names = new("--names", null, null, "For completion: names and process ids.", (options, _) => options with { Command = options.Command with { List = true } }) { IsHidden = true };

    public static IReadOnlyList<HostCommand> All { get; } =
    [
        new("ps", "", "list the applications that run here: those of this user, and for root of all users", (options, words) => Operate("ps", options, words, 0, 0)) { Options = [_json, _names] },
        new("status", "[WHO]", "show how a running application does; WHO is its name, its process id, its pid file or its tac file, and nothing where only one runs", (options, words) => Operate("status", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("stop", "[WHO] [PATH]", "stop a running application, and return when it has ended; or the service at PATH in it", (options, words) => Operate("stop", options, words, 0, 2)) { Word = CommandWord.Running },
        new("start", "WHO PATH", "start a service of a running application that was stopped, or has failed", (options, words) => Operate("start", options, words, 2, 2)) { Word = CommandWord.Running },
        new("restart", "[WHO] [PATH]", "stop a daemon and start it again as it was started, unless its tac file does not compile; or only the service at PATH in it", (options, words) => Operate("restart", options, words, 0, 2)) { Word = CommandWord.Running },
        new("reload", "[WHO]", "read the tac file of a running application again and replace what has changed, without losing a connection; if that fails, everything runs as before", (options, words) => Operate("reload", options, words, 0, 1))
        {
            Word = CommandWord.Running,
            Options = [_dryRun, _json],
        },
        new("plan", "[WHO] [FILE]", "show what a reload would do, and why, or what the tac file FILE would change in place of the running one; exits 0 if there is nothing to do, and 2 if there are changes", (options, words) => Operate("plan", options, words, 0, 2)) { Word = CommandWord.RunningOrTacFile, Options = [_json] },
        new("history", "[WHO]", "list the last deployments of a running application: that of its start, and those of reloads", (options, words) => Operate("history", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("rollback", "[WHO] [NUMBER]", "return to the deployment with this number, or to the one before, as a reload does; the tac file stays as it is", (options, words) => Operate("rollback", options, words, 0, 2)) { Word = CommandWord.Running, Options = [_dryRun, _json] },
        new("upgrade", "[WHO]", "have a new process of this version take over from a running one, without losing a connection; if it does not start, the running one serves as before", (options, words) => Operate("upgrade", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("logs", "[WHO]", "show the last lines of the log of a running application", (options, words) => Operate("logs", options, words, 0, 1))
        {
            Word = CommandWord.Running,
            Options =
            [
                new("--follow", 'f', null, "Print further lines as they are logged.", (options, _) => options with { Command = options.Command with { Follow = true } }),
                new("--lines", 'n', "COUNT", "How many lines.", (options, value) => options with { Command = options.Command with { Lines = OptionValue.Count(value) } }) { Default = "20" },
                new("--level", null, "LEVEL", "Only lines of this level and above.", (options, value) => options with { Command = options.Command with { Level = OptionValue.Choice(value, LogLevelName.All) } }) { Choices = LogLevelName.All },
                new("--service", null, "PATH", "Only lines of this service or category, and of all below it.", (options, value) => options with { Command = options.Command with { Category = OptionValue.NotEmpty(value, "the path of a service") } }),
                _json,
            ],
        },
        new("level", "[CATEGORY] [LEVEL]", "show what a running application logs, or change it: for all, or for a service or category and all below it; the LEVEL 'default' takes a change back", (options, words) => words.Length == 0 || IsLevel(words[^1]) ? Operate("level", options, words, 0, 2) : null)
        {
            Word = CommandWord.Choice,
            Choices = [.. LogLevelName.All, "default"],
            Options = [new("--who", null, "WHO", "The running application.", (options, value) => options with { Command = options.Command with { Who = value } }) { Default = "the one whose name begins the category, or the only one" }, _json],
        },
        new("dump", "[WHO]", "show what a process executes: the managed stacks of its threads, its async methods that wait, and what its services wait for, also if it hangs; stops it for a moment", (options, words) => Operate("dump", options, words, 0, 1)) { Word = CommandWord.Running, Options = [_json] },
        new("attach", "[WHO]", "open a C# prompt in a running application, also for lines from a pipe; the lines can look at everything, and change things with --write only; all are logged", (options, words) => words.Length < 2 ? new HostRequest.Attach(HostRequest.ForHelp(options), words.Length == 0 ? null : words[0]) : null)
        {
            Word = CommandWord.Running,
            Options = [new("--write", null, null, "Make 'application' the application itself, instead of a read-only view.", (options, _) => options with { Command = options.Command with { Write = true } }), _json],
        },
        new("parameters", "FILE", "list the parameters of a tac file; the same as FILE --help", (options, words) => words is [var file] ? new HostRequest.ShowParameters(HostRequest.ForHelp(options), file) : null) { Word = CommandWord.TacFile },
        new("check", "FILE...", "compile tac files and build their trees without starting anything, and look for what would fail; exits 0 if there is nothing", (options, words) => words.Length > 0 ? new HostRequest.Check(HostRequest.ForHelp(options), words) : null) { Word = CommandWord.TacFile, Options = [_json] },
        new("tree", "[WHO|FILE]", "show the services of a running application: state, connections, failures; or those of a tac FILE that is not running, with what they listen on and read", (options, words) => words.Length < 2 ? new HostRequest.ShowTree(HostRequest.ForHelp(options), words.Length == 0 ? null : words[0]) : null)
        {
            Word = CommandWord.RunningOrTacFile,
            Options =
            [
                _json,
                new("--svg", null, "FILE", "Write the tree of a tac file as a picture, in the format SVG.", (options, value) => options with { Command = options.Command with { Picture = OptionValue.FullPath(value), Evaluate = true } }),
                new("--watch", null, null, "Show it again each second.", (options, _) => options with { Command = options.Command with { Watch = true } }),
                new("--evaluate", null, null, "Evaluate the tac file, also if it is running.", (options, _) => options with { Command = options.Command with { Evaluate = true } }),
            ],
        },
        new("unit", "FILE", "print a systemd unit for a tac file, which allows only the needs of its services; options before the command, such as --metrics, --uid, --set and --rundir, go into it", (options, words) => words is [var file] ? new HostRequest.WriteUnit(HostRequest.ForHelp(options), file) : null)
        {
            Word = CommandWord.TacFile,
            Options = [_user, _sockets, _out],
        },
        new("k8s", "FILE", "print a ConfigMap, a Deployment and a Service of Kubernetes for a tac file; options before the command, such as --metrics, --set and --rundir, go into them", (options, words) => words is [var file] ? new HostRequest.WriteKubernetes(HostRequest.ForHelp(options), file) : null)
        {
            Word = CommandWord.TacFile,
            Options = [_image],
        },
        new("export", "systemd|k8s DIR", "print what another supervisor needs to keep all tac files of a directory running, as an emperor does: 'systemd', units and a target; 'k8s', objects of Kubernetes; options before the command, such as --rundir, go into all of them", (options, words) => words is [var engine, var directory] && Array.IndexOf(_engines, engine) >= 0 ? new HostRequest.Export(HostRequest.ForHelp(options), engine, directory) : null)
        {
            Word = CommandWord.Choice,
            Choices = _engines,
            Options = [_user, _sockets, _out, _image],
        },
        new("new", "[TEMPLATE] NAME", "write a first tac file that runs, with comments; --list shows the templates", (options, words) => words switch
        {
            [] when options.Command.List => new HostRequest.ListTemplates(),
            [var name] => new HostRequest.New(null, name),
            [var template, var name] => new HostRequest.New(template, name),
            _ => null,
        }) { Options = [new("--list", null, null, "List the templates.", (options, _) => options with { Command = options.Command with { List = true } })] },
        new("plugins", "", "list all plugins, with what is wrong; --why explains one", (options, words) => words.Length == 0 ? new HostRequest.ShowPlugins(HostRequest.ForHelp(options), options.Command.Question, options.Command.Name) : null)
        {
            Word = CommandWord.Plugin,
            Options =
            [
                new("--why", null, "NAME", "Explain where a plugin was looked for, and what is wrong with it.", (options, value) => Ask(options, PluginQuery.Why, value)),
                new("--names", null, null, "For completion: names and descriptions.", (options, _) => Ask(options, PluginQuery.Names, null)) { IsHidden = true },
                new("--options", null, "NAME", "For completion: the options of a plugin.", (options, value) => Ask(options, PluginQuery.Options, value)) { IsHidden = true },
            ],
        },
        new("compile", "FILE...", "compile tac files into the cache without running them, or into another directory, which TACHOST_CACHE can name where they run: for images and read-only machines", (options, words) => words.Length > 0 ? new HostRequest.Compile(HostRequest.ForHelp(options), words, options.Command.Directory) : null)
        {
            Word = CommandWord.TacFile,
            Options = [new("--out", null, "DIR", "The directory to compile into.", (options, value) => options with { Command = options.Command with { Directory = OptionValue.FullPath(value) } })],
        },
        new("restore", "FILE...", "bring the packages of tac files onto this machine, as their lock files say, or make these; a start does the same for what is missing", (options, words) => words.Length > 0 ? new HostRequest.Restore(HostRequest.ForHelp(options), words) : null)
        {
            Word = CommandWord.TacFile,
            Options =
            [
                new("--to", null, "DIR", "The folder to put packages into, instead of the user's own. A folder 'packages' beside a tac file is looked at first.", (options, value) => options with { Command = options.Command with { Directory = OptionValue.FullPath(value) } }),
                new("--update", null, null, "Resolve all versions again and ignore the lock file.", (options, _) => options with { Command = options.Command with { Renew = true } }),
                new("--locked", null, null, "Fail instead of changing a lock file.", (options, _) => options with { Locked = true }),
            ],
        },
        .. FleetCommandLine.All,
        ClusterCommandLine.Command,
        new("completion", "SHELL", "print the completions for bash, zsh or fish", (_, words) => words is [var shell] && Array.IndexOf(_shells, shell) >= 0 ? new HostRequest.ShowCompletion(shell) : null) { Word = CommandWord.Choice, Choices = _shells },
        new("manpage", "[NAME]", "print the man page, or that of a plugin", (options, words) => words.Length < 2 ? new HostRequest.ShowManPage(HostRequest.ForHelp(options), words.Length == 0 ? null : words[0]) : null) { Word = CommandWord.Plugin },
    ];

    /// <summary>Gets the words that no plugin can have for a name.</summary>
    public static IEnumerable<string> Names => All.Select(command => command.Name);

    /// <summary>Returns the command of a name, or null.</summary>
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
