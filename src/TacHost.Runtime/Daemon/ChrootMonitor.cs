using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>
/// The process outside of the chroot that serves the process inside. It renames and opens log
/// files, removes the pid file, and does nothing else (ADR 14).
/// </summary>
/// <remarks>
/// The process inside must not have a directory outside open, because <c>openat(2)</c> reaches the whole file system from there.
/// This process has them. It runs as the same user, who cannot trace it, and ends with the process inside.
/// </remarks>
internal static class ChrootMonitor
{
    /// <summary>The first argument, which is not for users.</summary>
    public const string Word = "--outside-chroot";

    private const int NotDumpable = 4; // PR_SET_DUMPABLE
    private const int WordsBeforeDirectories = 5;
    private const string NoIdentity = "-";

    /// <summary>Starts the process, and transfers the directories to it.</summary>
    /// <param name="identity">The identity to switch to, or null to keep the current one.</param>
    /// <param name="files">The directories, each with the name of the file in it. Null entries are skipped.</param>
    /// <exception cref="TacHostException">The process cannot be started.</exception>
    public static void TakeOver(Identity? identity, params ReadOnlySpan<(OpenDirectory Directory, string Name)?> files)
    {
        List<(OpenDirectory Directory, string Name)> places = [];
        foreach (var file in files)
        {
            if (file is { } place)
                places.Add(place);
        }

        if (places.Count == 0)
            return;
        var (own, other) = DescriptorSocket.CreatePair();
        using (other)
        {
            List<string> words =
            [
                Word, Number(other.Handle),
                identity is null ? NoIdentity : identity.User.ToString(CultureInfo.InvariantCulture), identity is null ? NoIdentity : identity.Group.ToString(CultureInfo.InvariantCulture), identity?.UserName ?? NoIdentity,
            ];
            foreach (var (directory, name) in places)
                words.AddRange([Number(directory.Handle), name]);
            HostExecution.Spawn(words, [other.Handle, .. places.Select(place => place.Directory.Handle)]);
        }

        for (var i = 0; i < places.Count; i++)
            places[i].Directory.LeaveTo(new RemoteDirectory(own, i));
        if (places[0].Directory.Status(places[0].Name) is null && Marshal.GetLastPInvokeError() == Errno.BrokenPipe)
            throw new TacHostException(ExitCode.OperatingSystem, "cannot start the process that manages the log and the pid file outside of the chroot.");
    }

    public static int Run(string[] args)
    {
        // A service manager signals all processes. This process ignores the signal and ends after the other one.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        SocketActivation.Close();
        Environment.CurrentDirectory = "/"; // keeps no mount busy
        using DescriptorSocket socket = new(Inherited(args[1]));
        List<(LocalDirectory, string)> directories = [];
        for (var i = WordsBeforeDirectories; i + 1 < args.Length; i += 2)
            directories.Add((new LocalDirectory(Inherited(args[i])), args[i + 1]));
        if (args[2] != NoIdentity)
        {
            using ThreadCredentials threads = new();
            Identity identity = new(uint.Parse(args[2], CultureInfo.InvariantCulture), uint.Parse(args[3], CultureInfo.InvariantCulture), args[4] == NoIdentity ? null : args[4], EffectiveOnly: false);
            identity.Assume(threads, identity.FindGroups());
        }

        _ = LibcIdentity.Prctl(NotDumpable, 0, 0, 0, 0);
        new DirectoryServer(socket, directories).Run();
        return ExitCode.Success;
    }

    private static string Number(SafeFileHandle handle) => ((int)handle.DangerousGetHandle()).ToString(CultureInfo.InvariantCulture);

    private static SafeFileHandle Inherited(string number)
    {
        var descriptor = int.Parse(number, CultureInfo.InvariantCulture);
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, 1); // FD_CLOEXEC
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
