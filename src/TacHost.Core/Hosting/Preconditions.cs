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
        // The process that an upgrade replaces holds the file.
        if (options.PidFile is { } pidFile && !PredecessorLink.IsPending)
            PidFile.Check(pidFile);
        _ = Identity.Resolve(options.User, options.Group, options.EffectiveOnly);
        foreach (var library in options.Libraries)
            RequireDirectory(library, "--lib");
        foreach (var plugins in options.PluginDirectories)
            RequireDirectory(plugins, "--plugins");
        if (options.Chroot is null && options.RunDirectory is { } runDirectory)
            RequireDirectory(runDirectory, "--rundir");
        if (options.Chroot is not { } chroot)
            return;
        RequireDirectory(chroot, "--chroot");
        if (!Environment.IsPrivilegedProcess)
            throw new TacHostException(ExitCode.NoPermission, $"only root can make '{chroot}' the root of the file system. Start it as root, or leave --chroot out.");
    }

    private static void RequireDirectory(string path, string option)
    {
        if (!Directory.Exists(path))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"{option}: there is no directory '{path}'."));
    }
}
