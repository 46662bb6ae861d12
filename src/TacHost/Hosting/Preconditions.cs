using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost.Hosting;

/// <summary>What can be told before anything is prepared, let alone started.</summary>
internal static class Preconditions
{
    /// <exception cref="TacHostException">Another instance runs, or something that was asked for cannot be had.</exception>
    public static void Check(HostOptions options)
    {
        if (options.PidFile is { } pidFile)
            PidFile.Check(pidFile);
        _ = Identity.Resolve(options.User, options.Group, options.EffectiveOnly);
        if (options.Jail is null && options.RunDirectory is { } runDirectory && !Directory.Exists(runDirectory))
            throw new TacHostException(ExitCode.NoInput, $"cannot run in '{runDirectory}': there is no such directory.");
        if (options.Jail is not { } jail)
            return;
        if (!Directory.Exists(jail))
            throw new TacHostException(ExitCode.NoInput, $"cannot make '{jail}' the root of the file system: there is no such directory.");
        if (!Environment.IsPrivilegedProcess)
            throw new TacHostException(ExitCode.NoPermission, $"only root can make '{jail}' the root of the file system. Start it as root, or leave --chroot out.");
    }
}
