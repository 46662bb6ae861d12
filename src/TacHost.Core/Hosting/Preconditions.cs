using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost.Hosting;

/// <summary>The checks before the application is prepared.</summary>
internal static class Preconditions
{
    /// <summary>Checks the options.</summary>
    /// <exception cref="TacHostException">Another instance is running, or an option cannot be satisfied.</exception>
    public static void Check(HostOptions options)
    {
        if (options.PidFile is { } pidFile)
            PidFile.Check(pidFile);
        _ = Identity.Resolve(options.User, options.Group, options.EffectiveOnly);
        foreach (var library in options.Libraries)
            RequireDirectory(library, "--lib");
        if (options.Jail is null && options.RunDirectory is { } runDirectory)
            RequireDirectory(runDirectory, "--rundir");
        if (options.Jail is not { } jail)
            return;
        RequireDirectory(jail, "--chroot");
        if (!Environment.IsPrivilegedProcess)
            throw new TacHostException(ExitCode.NoPermission, $"only root can make '{jail}' the root of the file system. Start it as root, or leave --chroot out.");
    }

    private static void RequireDirectory(string path, string option)
    {
        if (!Directory.Exists(path))
            throw new TacHostException(ExitCode.Usage, OneLine.Of($"'{path}' cannot be the {option}, which is a directory that exists."));
    }
}
