using TacHost.CommandLine;
using TacHost.Loading;
using TacHost.Plugins;
using TacHost.Scripting;
using TacHost.Services;
using TacHost.Services.Infrastructure;

namespace TacHost;

/// <summary>Makes sources of prepared tac files, with the parameters of a command line.</summary>
internal static class TacApplicationSources
{
    /// <exception cref="TacHostException">The file could not be prepared, or there is something wrong with the values of its parameters.</exception>
    public static TacApplicationSource Of(PreparedApplication prepared, HostOptions options, string? directory = null, LoadPlace? place = null, Func<string, bool>? isOfAnotherFile = null) => prepared switch
    {
        PreparedApplication.Tac tac => WithParameters(tac, options, directory ?? (Path.Exists(".") ? Environment.CurrentDirectory : null), place ?? LoadPlace.ForStart(), isOfAnotherFile),
        PreparedApplication.Failure failure => throw new TacHostException(failure.ExitCode, failure.Message),
        _ => throw new InvalidOperationException("The source is not a tac file."),
    };

    /// <summary>Prints the parameters of a tac file. Starts nothing of it.</summary>
    public static int ShowParameters(HostOptions options, string file, PreparedApplication.Tac prepared)
    {
        var (parameters, failure) = List(options, file, prepared);
        Terminal.Write(ParameterHelp.Make(file, parameters));
        return failure is null ? ExitCode.Success : throw failure;
    }

    /// <summary>Returns the parameters of a tac file, and the failure that ended its top level early, or null.</summary>
    /// <exception cref="TacHostException">The top level does not end.</exception>
    public static (TacParameters Parameters, TacHostException? Failure) List(HostOptions options, string file, PreparedApplication.Tac prepared)
    {
        TacApplicationSource source = new(prepared) { Parameters = new ParameterSources { OnlyList = true } };
        var listing = Task.Run(source.ListParametersAsync);
        if (!listing.AsWaitHandle().WaitOne(options.StartTimeout))
            throw new TacHostException(ExitCode.TimedOut, $"the top level of '{file}' did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout).");
        return listing.GetAwaiter().GetResult();
    }

    /// <summary>Files that the command line names start at the directory in which the process was started, which may have another one by now.</summary>
    public static ParameterSources ParametersOf(HostOptions options, string? directory, Func<string, bool>? isOfAnotherFile = null) => new()
    {
        Words = options.Words,
        Settings = options.Settings,
        FileValues = ValuesFile.Read(options.ValuesFile, TacOf(options, directory)),
        Directory = directory,
        IsOptionBefore = HostCommandLine.IsOption,
        IsOfAnotherFile = isOfAnotherFile ?? (_ => false),
        SharesFileValues = options.ValuesFile is not null,
    };

    private static TacApplicationSource WithParameters(PreparedApplication.Tac tac, HostOptions options, string? directory, LoadPlace place, Func<string, bool>? isOfAnotherFile)
    {
        // Before the values are read.
        var values = options.Watch ? SourceStamp.Of(Path.GetFullPath(ValuesFile.PathOf(options.ValuesFile, TacOf(options, directory)), directory ?? "/")) : null;
        return new TacApplicationSource(tac) { Parameters = ParametersOf(options, directory, isOfAnotherFile), Values = values, Place = place };
    }

    private static string TacOf(HostOptions options, string? directory)
    {
        var tac = options.TacFile ?? options.Plugin!;
        return directory is null ? tac : Path.GetFullPath(tac, directory);
    }
}
