using TacHost.CommandLine;
using TacHost.Packages;
using TacHost.Plugins;
using TacHost.Scripting;
using TacHost.Services;

namespace TacHost;

/// <summary>Prepares tac files for Program, and carries out the commands that are about one.</summary>
internal static class TacCommands
{
    private const string Help = "--help";

    /// <summary>Returns whether the words after a tac file ask for its parameters instead of a run.</summary>
    public static bool AsksForHelp(HostOptions options)
    {
        foreach (var word in options.Words)
        {
            if (word is Help or "--")
                return word == Help;
        }

        return false;
    }

    /// <summary>Prepares the tac file of a run, and prints what the compiler warns of: once, because the next start takes what is compiled.</summary>
    public static TacRecipe Prepare(HostOptions options)
    {
        var file = options.TacFile ?? options.Plugin!;
        var recipe = Prepare(file, PluginPath.SearchDirectories(options), PackagesOf(options), options.Debug);
        recipe.Parameters = ParametersOf(options);
        return recipe;
    }

    /// <summary>Prepares a tac file or a script that is a plugin, and prints what the compiler warns of.</summary>
    public static TacRecipe Prepare(string file, IReadOnlyList<string> directories, PackageOptions packages, bool isForDebugger = false)
    {
        var recipe = TacFile.Prepare(file, directories, packages, TacCache.Open(), isForDebugger);
        PrintWarnings(recipe);
        return recipe;
    }

    /// <summary>Returns the recipe that another process prepared, with the parameters that this one was given, too.</summary>
    public static TacRecipe Received(byte[] recipe, HostOptions options)
    {
        var received = TacRecipe.FromBytes(recipe);
        received.Parameters = ParametersOf(options);
        return received;
    }

    public static void PrintWarnings(TacRecipe recipe)
    {
        foreach (var warning in recipe.Warnings)
            Terminal.WriteError(OneLine.Printable(warning) + "\n");
    }

    /// <summary>Prints the parameters of a tac file. Starts nothing of it.</summary>
    public static int ShowParameters(HostOptions options, string file)
    {
        var recipe = Prepare(file, PluginPath.SearchDirectories(options), PackagesOf(options));
        recipe.Parameters = new ParameterSources { OnlyList = true };
        var listing = Task.Run(recipe.ListParametersAsync);
        if (!listing.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the top level of '{file}' did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout).");
        var (parameters, failure) = listing.GetAwaiter().GetResult();
        Terminal.Write(ParameterHelp.Make(file, parameters));
        return failure is null ? ExitCode.Success : throw failure;
    }

    /// <summary>Restores the packages of tac files, also those of files behind one that fails.</summary>
    public static int Restore(HostOptions options, IReadOnlyList<string> files, Action<TacHostException> printError)
    {
        TacHostException? first = null;
        foreach (var file in files)
        {
            try
            {
                var set = TacFile.Restore(file, PackagesOf(options) with { Folder = options.Command.Directory, Renew = options.Command.Renew });
                Console.Out.Write(set is null ? $"{file}: asks for no packages\n" : $"{file}: {string.Join(", ", set.Lock.Packages.Select(package => $"{package.Id} {package.Version}"))}\n");
            }
            catch (TacHostException e)
            {
                printError(e);
                first ??= e;
            }
        }

        return first?.ExitCode ?? ExitCode.Success;
    }

    public static PackageOptions PackagesOf(HostOptions options) => new()
    {
        Locked = options.Locked,
        Progress = PrintOnTerminal,
    };

    private static void PrintOnTerminal(string line)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine(OneLine.Printable(line));
    }

    private static ParameterSources ParametersOf(HostOptions options) => new()
    {
        Words = options.Words,
        Settings = options.Settings,
        FileValues = ValuesFile.Read(options.ValuesFile, options.TacFile ?? options.Plugin!),
        Directory = Path.Exists(".") ? Environment.CurrentDirectory : null,
        IsOptionBefore = HostCommandLine.IsOption,
    };
}
