using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>What a command line asks the host to do.</summary>
internal abstract record HostRequest
{
    private static readonly string[] _shells = ["bash", "zsh", "fish"];

    private HostRequest()
    {
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="TacHostException">It is wrong.</exception>
    public static HostRequest Read(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            return new ShowHelp();
        var (options, operands) = HostCommandLine.Read(arguments);
        if (operands is ["", ..])
            throw Usage("'' cannot be the tac file, which is the path of one.");
        if (options.Help)
            return new ShowHelp();
        if (options.Version)
            return new ShowVersion();
        return (options.TacFile, operands.ToArray()) switch
        {
            (null, ["completion", .. var rest]) => rest is [var shell] && _shells.Contains(shell) ? new ShowCompletion(shell) : throw Usage($"name one shell to complete for: tachost completion {string.Join('|', _shells)}."),
            (null, ["manpage"]) => new ShowManPage(),
            (null, []) => throw Usage("which tac file is to run? Name one, such as deployments/ecstasy.csx."),
            (null, [_, ['-', ..] late, ..]) => throw Usage($"options go before the tac file, and '{late}' comes after it."),
            (null, [var tac, var extra, ..]) => throw Usage($"one tac file at a time: '{extra}' comes after '{tac}'."),
            (null, [var tac]) => new Run(Completed(options with { TacFile = tac })),
            (_, []) => new Run(Completed(options)),
            var (tac, extra) => throw Usage($"one tac file at a time: '{extra[0]}' comes after '--csx {tac}'."),
        };
    }

    /// <summary>Fills in what depends on several options at once.</summary>
    private static HostOptions Completed(HostOptions options)
    {
        var logFile = options.LogFile ?? (options.NoDaemon ? "-" : "tachost.log");
        var elsewhere = options.SyslogTarget is not null || options.Log.LoggerType is not null;
        if (options.LogFile == "-" && !options.NoDaemon && !elsewhere)
            throw Usage("a daemon has no standard output to log to; name a file with --logfile, or add --nodaemon.");
        var pidFile = options.PidFile is { } name ? FullPath(name, "--pidfile") : null;
        var path = (Environment.GetEnvironmentVariable("TACHOST_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath);
        IReadOnlyList<string> searchDirectories = [.. options.Libraries, .. path, AppContext.BaseDirectory];
        return options with
        {
            PidFile = pidFile,
            SearchDirectories = searchDirectories,
            Log = options.Log with
            {
                File = elsewhere || logFile == "-" ? null : FullPath(logFile, "--logfile"),
                Syslog = options.SyslogTarget is null ? null : SyslogOptions.Parse(options.SyslogTarget, options.SyslogPrefix, options.SyslogFacility),
                LoggerDirectories = searchDirectories,
                TakesStandardStreams = !options.NoDaemon,
            },
        };
    }

    private static string FullPath(string path, string option)
    {
        try
        {
            return OptionValue.FullPath(path);
        }
        catch (BadValueException e)
        {
            throw Usage($"'{path}' cannot be the {option}, which is {e.Message}.");
        }
    }

    private static TacHostException Usage(string message) => new(TacHost.ExitCode.Usage, OneLine.Of(message));

    public sealed record ShowHelp : HostRequest;

    public sealed record ShowVersion : HostRequest;

    public sealed record ShowCompletion(string Shell) : HostRequest;

    public sealed record ShowManPage : HostRequest;

    public sealed record Run(HostOptions Options) : HostRequest;
}
