using TacHost.Checking;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Services;

namespace TacHost;

/// <summary>The tree of a tac file that has been built and is not started.</summary>
/// <param name="Application">The application.</param>
/// <param name="Root">Its services, each with the line that creates it.</param>
internal sealed record BuiltTree(Application Application, ServiceNode Root)
{
    /// <summary>Builds a tree in the run directory, as a start does.</summary>
    /// <param name="options">The options, with the values of parameters.</param>
    /// <param name="file">The tac file.</param>
    /// <param name="prepared">The prepared tac file.</param>
    /// <param name="isOfAnotherFile">Returns whether a name is a parameter of another tac file that gets the same values. Defaults to null: there is no other.</param>
    /// <exception cref="TacHostException">The file could not be prepared, or a start would fail before it starts a service.</exception>
    public static BuiltTree Of(HostOptions options, string file, PreparedApplication prepared, Func<string, bool>? isOfAnotherFile = null)
    {
        var directory = Path.Exists(".") ? Environment.CurrentDirectory : null;
        var source = TacApplicationSources.Of(prepared, options with { TacFile = file }, directory, isOfAnotherFile: isOfAnotherFile);
        RunDirectory.Enter(options.RunDirectory);
        try
        {
            using ServiceOrigins origins = new();
            var building = Task.Run(() => source.BuildAsync());
            if (!building.AsWaitHandle().WaitOne(options.StartTimeout))
                throw new TacHostException(ExitCode.TimedOut, $"the top level of '{file}' did not end within {options.StartTimeout.TotalSeconds:0.###} s (--start-timeout). Look for a loop or a wait in it; a tac file only builds the tree.");
            var application = building.GetAwaiter().GetResult();
            if (Path.Exists("."))
                application.BaseDirectory = Environment.CurrentDirectory;
            return new BuiltTree(application, ServiceNode.Of(application, origins.Of));
        }
        finally
        {
            if (options.RunDirectory is not null)
                RunDirectory.Enter(directory);
        }
    }
}
