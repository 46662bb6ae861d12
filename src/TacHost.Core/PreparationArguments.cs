using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost;

/// <summary>The command line of a process that prepares an application for a running one, as this process reads it.</summary>
internal static class PreparationArguments
{
    /// <summary>Enters the directory of the running process, and returns the options, the directory and the fingerprint of code that needs no trial. Returns null for another command line.</summary>
    public static (HostOptions Options, string Directory, string Tried)? TryRead(string[] args)
    {
        if (args is not [PreparationProcess.Word, var directory, var file, var tried, _, ..])
            return null;
        Environment.CurrentDirectory = directory;
        return (With(((HostRequest.Run)HostRequest.Read(args[4..])).Options, file), directory, tried);
    }

    /// <summary>Returns the options for another tac file, or unchanged ones without another one.</summary>
    public static HostOptions With(HostOptions options, string? file) => string.IsNullOrEmpty(file) ? options : options with { TacFile = file, Plugin = null };
}
