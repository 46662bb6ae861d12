using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The errors of a pid file.</summary>
internal static class PidFileErrors
{
    /// <summary>Returns the exception for an error number.</summary>
    public static TacHostException CannotUse(string path, int error)
    {
        var reason = error switch
        {
            Errno.TooManyLinks => "it is a symbolic link, which is not followed. Remove it, or name another file with --pidfile",
            Errno.IsADirectory => "it is a directory. Name a file in it with --pidfile",
            Errno.NoSuchFile => "its directory does not exist. Create it, or name another file with --pidfile",
            _ => $"{Errno.Text(error)}. Name another file with --pidfile, or do without one with --no-pidfile",
        };
        return CannotUse(path, reason);
    }

    /// <summary>Returns the exception for a reason.</summary>
    public static TacHostException CannotUse(string path, string reason) => new(ExitCode.CannotCreate, $"cannot use the pid file '{path}': {reason}.");

    /// <summary>Returns the exception for a file that a running instance holds.</summary>
    public static TacHostException HeldBy(string path, SafeFileHandle file)
    {
        var holder = PidFileLock.ProcessIn(file) is { } id ? ProcessDescription.Of(id) : "another process";
        return new TacHostException(
            ExitCode.AlreadyRunning,
            $"{holder} is running already and holds the pid file '{path}'.\n  Stop it first with: kill $(cat {path})\n  To run another one too, give each its own --pidfile and --logfile, or start it in another directory.");
    }
}
