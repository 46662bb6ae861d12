using TacHost.CommandLine;
using TacHost.Packages;
using TacHost.Plugins;
using TacHost.Scripting;

namespace TacHost;

/// <summary>Prepares tac files for Program, and executes the commands for tac files.</summary>
internal static class TacCommands
{
    /// <summary>Prepares the tac file of a run, and prints the compiler's warnings. A cached start does not print them again.</summary>
    public static TacPreparation Prepare(HostOptions options, string file)
    {
        var prepared = Prepare(file, PluginPath.SearchDirectories(options), PackagesOf(options), IsForDebugger(options));
        return options.LastGood ? prepared with { Tac = prepared.Tac with { KeptIn = LastGood.Open().FileOf(file) ?? "" } } : prepared;
    }

    /// <summary>Prepares a tac file or a plugin script, and prints the compiler's warnings.</summary>
    public static TacPreparation Prepare(string file, IReadOnlyList<string> directories, PackageOptions packages, bool isForDebugger = false)
    {
        var prepared = TacFile.Prepare(file, directories, packages, TacCache.Open(), isForDebugger);
        PrintWarnings(prepared);
        return prepared;
    }

    /// <summary>Prepares a tac file for a check, and looks for calls that block. The host reports the mistakes in it, together with its own.</summary>
    public static PreparedApplication.Checked PrepareForCheck(HostOptions options, string file)
    {
        try
        {
            var tac = Prepare(options, file).Tac;
            return new PreparedApplication.Checked(tac, TacFile.FindBlockingCalls(file, PluginPath.SearchDirectories(options), PackagesOf(options)));
        }
        catch (TacHostException e)
        {
            return new PreparedApplication.Checked(new PreparedApplication.Failure(e.ExitCode, e.TextWith(options.Debug)), e.Findings);
        }
    }

    public static void PrintWarnings(TacPreparation prepared)
    {
        foreach (var warning in prepared.Warnings)
            Terminal.WriteError(SingleLine.EscapeLines(warning) + "\n");
    }

    /// <summary>Restores the packages of tac files, even after a failure.</summary>
    public static int Restore(HostOptions options, IReadOnlyList<string> files, Action<TacHostException> printError)
    {
        TacHostException? first = null;
        foreach (var file in files)
        {
            try
            {
                var set = TacFile.Restore(file, PackagesOf(options) with { Folder = options.Command.Directory, Renew = options.Command.Renew });
                foreach (var warning in set?.Warnings ?? [])
                    Terminal.WriteError(SingleLine.EscapeLines(warning) + "\n");
                Terminal.Write(set is null ? $"{file}: asks for no packages\n" : $"{file}: {string.Join(", ", set.Lock.Packages.Select(package => $"{package.Id} {package.Version}"))}\n");
            }
            catch (TacHostException e)
            {
                printError(e);
                first ??= e;
            }
        }

        return first?.ExitCode ?? ExitCode.Success;
    }

    /// <summary>Returns whether code is compiled without optimizations.</summary>
    public static bool IsForDebugger(HostOptions options) => options.Debug || options.Watch;

    public static PackageOptions PackagesOf(HostOptions options) => new()
    {
        Locked = options.Locked,
        Progress = PrintOnTerminal,
    };

    private static void PrintOnTerminal(string line)
    {
        if (!Console.IsErrorRedirected)
            Terminal.WriteError(SingleLine.EscapeLines(line) + "\n");
    }
}
