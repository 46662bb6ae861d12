using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The daemon, as the process that starts it sees it: started, waited for until it reports, and never left in between.</summary>
internal static class DaemonProcess
{
    private const int Terminate = 15;
    private const int Kill = 9;

    /// <summary>What a daemon may need beyond its own limits: to begin, to say that they were reached, and to let go.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Starts the daemon and ends when it runs.</summary>
    /// <param name="arguments">The same as this process's own.</param>
    /// <param name="recipe">The prepared application.</param>
    /// <param name="pidFile">The daemon's pid file, to be removed if the daemon dies without doing so.</param>
    /// <param name="patience">How long, and until when, it is waited for.</param>
    /// <returns>What it wants to be shown.</returns>
    /// <exception cref="TacHostException">It does not run, for the reason it gave or for none; it is gone then, and its pid file with it.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted, and is gone too.</exception>
    public static async Task<string> StartAsync(IReadOnlyList<string> arguments, byte[] recipe, string? pidFile, DaemonPatience patience)
    {
        var (read, write) = CreatePipe();
        using var recipeFile = Handover.InMemory(recipe);
        int process;
        using (write)
            process = SelfExecution.Spawn(arguments, recipeFile, write);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Interrupted);
        limit.CancelAfter(patience.StartTimeout + patience.Grace + _margin);
        (int ExitCode, string Message)? report;
        try
        {
            report = await StartupReport.ReadAsync(read, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _ = Libc.SendSignal(process, Terminate);
            await EndAsync(process, patience);
            RemovePidFile(process, pidFile);
            patience.Interrupted.ThrowIfCancellationRequested();
            throw new TacHostException(ExitCode.TimedOut, $"the daemon (process {process}) neither started nor said why within {patience.StartTimeout.TotalSeconds:0} s, and has been stopped.");
        }

        if (report is (ExitCode.Success, var shown))
            return shown;
        var status = await EndAsync(process, patience);
        RemovePidFile(process, pidFile);
        throw report is { } failed
            ? new TacHostException(failed.ExitCode, failed.Message)
            : new TacHostException(ExitCode.Software, $"the daemon (process {process}) ended before it was running, {DescribeEnd(status)}, and gave no reason. Try --nodaemon to see what it does.");
    }

    private static void RemovePidFile(int process, string? pidFile)
    {
        if (pidFile is not null)
            PidFile.RemoveLeftBy(process, pidFile);
    }

    private static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        Span<int> ends = stackalloc int[2];
        unsafe
        {
            fixed (int* first = ends)
            {
                if (Libc.CreatePipe(first, OpenFlags.CloseOnExec) != 0)
                    throw new TacHostException(ExitCode.OperatingSystem, $"cannot make a pipe for the daemon's report: {Errno.LastText}.");
            }
        }

        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Waits for the process to be gone. Passes a repeated interruption on, and kills it if it takes longer than it may.</summary>
    private static async Task<ExitStatus> EndAsync(int process, DaemonPatience patience)
    {
        using var limit = new CancellationTokenSource(patience.Grace + _margin);
        await using var repeated = patience.InterruptedAgain.Register(() => _ = Libc.SendSignal(process, Terminate));
        var killed = false;
        while (true)
        {
            const int noHang = 1;
            var ended = Libc.WaitForProcess(process, out var status, noHang);
            if (ended == process || (ended < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted))
                return new ExitStatus(status);
            if (limit.IsCancellationRequested && !killed)
            {
                killed = true;
                _ = Libc.SendSignal(process, Kill);
            }

            await Task.Delay(_pause);
        }
    }

    private static string DescribeEnd(ExitStatus status) =>
        status.Signal != 0 ? $"killed by signal {status.Signal}" : $"with exit code {status.Code}";
}
