using TacHost.CommandLine;
using TacHost.Plugins;
using TacHost.Scripting;
using TacHost.Services;

namespace TacHost;

/// <summary>Makes recipes of prepared tac files, with the parameters of a command line.</summary>
internal static class TacRecipes
{
    /// <exception cref="TacHostException">The file could not be prepared, or there is something wrong with the values of its parameters.</exception>
    public static TacRecipe Of(Prepared prepared, HostOptions options, string? directory = null) => prepared switch
    {
        Prepared.Tac tac => WithParameters(tac, options, directory ?? (Path.Exists(".") ? Environment.CurrentDirectory : null)),
        Prepared.Failure failure => throw new TacHostException(failure.ExitCode, failure.Message),
        _ => throw new InvalidOperationException("This is no tac file."),
    };

    /// <summary>Prints the parameters of a tac file. Starts nothing of it.</summary>
    public static int ShowParameters(HostOptions options, string file, Prepared.Tac prepared)
    {
        TacRecipe recipe = new(prepared) { Parameters = new ParameterSources { OnlyList = true } };
        var listing = Task.Run(recipe.ListParametersAsync);
        if (!listing.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the top level of '{file}' did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout).");
        var (parameters, failure) = listing.GetAwaiter().GetResult();
        Terminal.Write(ParameterHelp.Make(file, parameters));
        return failure is null ? ExitCode.Success : throw failure;
    }

    /// <summary>Files that the command line names start at the directory in which the process was started, which may have another one by now.</summary>
    public static ParameterSources ParametersOf(HostOptions options, string? directory) => new()
    {
        Words = options.Words,
        Settings = options.Settings,
        FileValues = ValuesFile.Read(options.ValuesFile, TacOf(options, directory)),
        Directory = directory,
        IsOptionBefore = HostCommandLine.IsOption,
    };

    private static TacRecipe WithParameters(Prepared.Tac tac, HostOptions options, string? directory)
    {
        // Before the values are read.
        var values = options.Watch ? SourceStamp.Of(Path.GetFullPath(ValuesFile.PathOf(options.ValuesFile, TacOf(options, directory)), directory ?? "/")) : null;
        return new TacRecipe(tac) { Parameters = ParametersOf(options, directory), Values = values };
    }

    private static string TacOf(HostOptions options, string? directory)
    {
        var tac = options.TacFile ?? options.Plugin!;
        return directory is null ? tac : Path.GetFullPath(tac, directory);
    }
}
