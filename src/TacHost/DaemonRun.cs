using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Hosting;

namespace TacHost;

/// <summary>The wait of the command for the daemon that it has started.</summary>
internal static class DaemonRun
{
    /// <summary>The first exit code that stands for an interruption by a signal.</summary>
    private const int FirstSignalCode = 128;

    /// <summary>Passes the application to the daemon, and waits until the daemon reports that it is running.</summary>
    /// <remarks>With --last-good, another daemon runs the version that ran last if the tac file fails to start, unless both are the same.</remarks>
    /// <returns>The text that the daemon wants to be shown.</returns>
    public static (string Text, bool IsAnswer) Wait(DaemonProcess daemon, HostOptions options, string[] args, PreparedApplication prepared)
    {
        try
        {
            return Wait(daemon, options, prepared);
        }
        catch (TacHostException e) when (options.LastGood && e.ExitCode < FirstSignalCode && prepared is PreparedApplication.Tac tac && LastGood.Open().Find(tac.Code.Source) is { } last && PreparedFingerprint.Of(last) != PreparedFingerprint.Of(tac))
        {
            using var second = DaemonProcess.Start(args);
            return Wait(second, options, LastGood.Open().Require(tac.Code.Source, e));
        }
    }

    private static (string Text, bool IsAnswer) Wait(DaemonProcess daemon, HostOptions options, PreparedApplication prepared)
    {
        using ShutdownSignals signals = new((_, _) => { });
        try
        {
            return daemon.Run(prepared, options.PidFile, new DaemonTimeouts(options.StartTimeout, options.Grace, signals.Requested, signals.Repeated));
        }
        catch (OperationCanceledException)
        {
            throw new TacHostException(signals.ExitCode, $"interrupted by {signals.First}; the daemon has been stopped.");
        }
    }
}
