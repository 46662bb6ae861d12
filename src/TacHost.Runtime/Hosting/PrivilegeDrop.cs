using TacHost.Daemon;
using TacHost.Loading;
using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>Drops the privileges of the process after the privileged part of the start: changes its root directory and its identity.</summary>
internal static class PrivilegeDrop
{
    /// <summary>Changes the owner of the log and the pid file, calls chroot(2), and changes the identity of the whole process.</summary>
    /// <exception cref="TacHostException">The operating system refused, or the process has several applications.</exception>
    public static void Run(HostProcess process, Identity? identity)
    {
        var (options, log) = (process.Options, process.Log);
        if (options.Chroot is null && identity is null)
            return;
        if (process.Deployments.Count > 1)
            throw new TacHostException(ExitCode.Usage, "several applications in one process cannot change its user, group or root directory. Give the one that needs this a process of its own.");
        if (identity is not null)
            log.ChangeOwner(identity.User, identity.Group);

        LoadedAssemblies.LoadLibraries();

        // The files cannot be removed after privileges are dropped.
        if (DiagnosticFiles.AreWanted)
            DiagnosticFiles.Remove();
        var missing = options.Chroot is null ? [] : BlockingWait.Result(ChrootDirectory.PrepareAsync());
        foreach (var problem in missing)
            HostLog.Notice(log.Host, problem);
        if (options.Chroot is not null)
            CloseWaysOut(process, identity);
        using var threads = new ThreadCredentials();

        // In the jail, another user may have written the files of users and groups.
        var groups = identity?.FindGroups() ?? [];
        identity?.SetEnvironment();
        if (options.Chroot is { } chroot)
        {
            ChrootDirectory.Enter(chroot, options.RunDirectory);
            HostLog.RootChanged(log.Host, chroot);
        }

        if (identity is null)
            return;
        identity.Assume(threads, groups);
        HostLog.IdentityChanged(log.Host, identity.EffectiveOnly ? "euid/egid" : "uid/gid", identity.User, identity.Group);
    }

    /// <summary>Starts the process outside of the chroot, and closes all other open directories.</summary>
    private static void CloseWaysOut(HostProcess process, Identity? identity)
    {
        ChrootMonitor.TakeOver(identity, process.Log.Place, process.PidFilePlace);
        foreach (var directory in ChrootDirectory.CloseDirectories())
            HostLog.Notice(process.Log.Host, $"The directory '{directory}' was open and would have been a way out of the chroot. It has been closed.");
    }
}
