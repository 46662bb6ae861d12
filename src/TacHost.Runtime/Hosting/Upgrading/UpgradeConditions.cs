using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Hosting.Upgrading;

/// <summary>The conditions under which a process can be upgraded. Checked before anything happens.</summary>
internal static class UpgradeConditions
{
    private const uint Root = 0;

    /// <summary>Throws if the process cannot be upgraded.</summary>
    /// <exception cref="TacHostException">The process must be restarted instead.</exception>
    public static void Require(HostProcess process)
    {
        if (process.Options.Chroot is { } chroot)
            throw Refused($"it is in the chroot '{chroot}', where the new program is not");
        if (process.Deployments.FirstOrDefault(each => each.HasApplication && each.Application.Uid is not null and not (int)Root) is { } dropped && LibcAccounts.GetEuid() != Root)
            throw Refused($"it was started by root and runs as user {dropped.Application.Uid} now, who cannot do what its start needs, such as replacing the pid file of root");
        if (process.Options.Command.Fleet.Directory is { Length: > 0 } fleet)
            throw new TacHostException(ExitCode.NoPermission, $"process {Environment.ProcessId} cannot be upgraded, because it is the emperor of '{fleet}'. Replace it with 'tachost emperor --takeover {fleet}'.");
        if (process.IsGroup)
            throw Refused("it runs a group of applications, which no other process can take over");
        if (EmperorOf(process.Options.PidFile) is { } emperor)
            throw Refused($"it is a deployment of the emperor, process {emperor}, which would start another one at its end");
        if (Environment.ProcessId == 1)
            throw Refused("it is the initial process of a container, which would end with it");
        if (!process.IsDaemon && !process.Manager.IsConnected)
            throw Refused("it runs in the foreground, and its parent waits for this process");
        if (process.LaunchDirectory is not { } directory || !Directory.Exists(directory))
            throw Refused("the directory in which it was started is gone");
    }

    /// <summary>Returns the emperor that runs a deployment with a pid file, or null. Their pid files are in one directory.</summary>
    private static int? EmperorOf(string? pidFile) =>
        Path.GetDirectoryName(pidFile) is { Length: > 0 } directory ? PidFileHolder.Find(new FleetOptions { Run = directory }.EmperorPidFile) : null;

    private static TacHostException Refused(string reason) =>
        new(ExitCode.NoPermission, $"process {Environment.ProcessId} cannot be upgraded, because {reason}. Restart it.");
}
