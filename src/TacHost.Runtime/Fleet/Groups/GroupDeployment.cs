using TacHost.CommandLine;
using TacHost.Hosting;
using TacHost.Loading;

namespace TacHost.Fleet.Groups;

/// <summary>Makes the deployments of a group: each with its own options, log, base directory and reloads.</summary>
internal static class GroupDeployment
{
    /// <summary>Makes the deployment of an application, without starting it.</summary>
    /// <exception cref="TacHostException">The log's directory cannot be created, or there is something wrong with the parameters of the tac file.</exception>
    public static Deployment Make(FleetEntry entry, PreparedApplication prepared, GroupContext context, Action<Deployment> onStopped)
    {
        string[] arguments = [.. context.Arguments.ForApplication(entry)];
        var read = ((HostRequest.Run)HostRequest.Read(arguments)).Options;

        // The process has its identity and its directory by now.
        var options = read with { User = null, Group = null, RunDirectory = null, Log = read.Log with { TakesStandardStreams = false } };
        var hasOwnLog = options.Log.File is not null && context.Process.Options.Log is not { LoggerType: null, Syslog: null, File: null };
        if (hasOwnLog)
            MakeDirectory(Path.GetDirectoryName(options.Log.File!)!);
        return new Deployment(options, TacApplicationSources.Of(prepared, options, context.Process.LaunchDirectory, LoadPlace.Beside(context.Libraries)))
        {
            HasOwnLog = hasOwnLog,
            BaseDirectory = context.BaseDirectoryOf(entry.Name),
            Reloader = ReloadTrial.ReloaderFor(options, arguments),
            OnStopped = onStopped,
        };
    }

    private static void MakeDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, $"cannot make the directory '{directory}' for the log: {e.Message}", e);
        }
    }
}
