using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>
/// The daemon, from the viewpoint of its parent process: spawned, given its application, awaited until it reports, and killed if an error occurs in between.
/// </summary>
/// <remarks>
/// The daemon process is spawned first, so that its runtime starts while this process looks up or compiles the tac file. All waits
/// are synchronous, because at a process limit there may be no thread pool thread and no timer to end an asynchronous wait.
/// </remarks>
internal sealed class DaemonProcess : IDisposable
{
    private const int Terminate = 15;
    private const int Kill = 9;

    /// <summary>The additional time of a daemon beyond its own timeouts: to start its runtime, to report a timeout, and to clean up.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    private readonly int _process;
    private readonly SafeFileHandle _memory;
    private readonly SafeFileHandle _prepared;
    private readonly SafeFileHandle _report;
    private string? _pidFile;
    private bool _detached;

    private DaemonProcess(int process, SafeFileHandle memory, SafeFileHandle prepared, SafeFileHandle report) =>
        (_process, _memory, _prepared, _report) = (process, memory, prepared, report);

    /// <summary>Spawns a process that waits for its application.</summary>
    public static DaemonProcess Start(IReadOnlyList<string> arguments)
    {
        var memory = Handover.MemoryFile();
        var prepared = Pipe.Create("the daemon's application");
        var report = Pipe.Create("the daemon's report");
        using (prepared.Read)
        using (report.Write)
            return new DaemonProcess(HostExecution.Spawn(arguments, memory, report.Write, prepared.Read), memory, prepared.Write, report.Read);
    }

    /// <summary>Sends the application to the daemon, and returns when the daemon runs.</summary>
    /// <param name="prepared">The application.</param>
    /// <param name="pidFile">The daemon's pid file, which is removed if the daemon dies without removing it.</param>
    /// <param name="timeouts">The timeouts and the cancellation tokens.</param>
    /// <returns>The text that it wants to be shown; and true if it does not run, because only the text was requested.</returns>
    /// <exception cref="TacHostException">The daemon failed to start. It has exited and its pid file has been removed.</exception>
    /// <exception cref="OperationCanceledException">The start was interrupted. The daemon has exited.</exception>
    public (string Text, bool IsAnswer) Run(PreparedApplication prepared, string? pidFile, DaemonTimeouts timeouts)
    {
        _pidFile = pidFile;
        Handover.Write(_memory, prepared);
        _prepared.Dispose();
        if (!StartupReport.TryRead(_report, timeouts.StartTimeout + timeouts.Grace + _margin, timeouts.Interrupted, out var report))
        {
            _ = LibcProcesses.Kill(_process, Terminate);
            End(timeouts);
            RemovePidFile();
            timeouts.Interrupted.ThrowIfCancellationRequested();
            throw new TacHostException(ExitCode.TimedOut, $"the daemon (process {_process}) neither started nor reported an error within {timeouts.StartTimeout.TotalSeconds:0} s, and has been stopped.");
        }

        if (report is (ExitCode.Success, var shown))
        {
            _detached = true;
            return (shown, false);
        }

        var status = End(timeouts);
        RemovePidFile();
        if (report is (StartupReport.Answer, var answer))
            return (answer, true);
        throw report is { } failed
            ? new TacHostException(failed.ExitCode, failed.Message)
            : new TacHostException(ExitCode.Software, $"the daemon (process {_process}) ended before it was running, {DescribeEnd(status)}, and gave no reason. Try --nodaemon to see what it does.");
    }

    /// <summary>Releases a daemon that runs or has exited. Kills a daemon that has not received an application or whose start failed unexpectedly.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _prepared.Dispose();
        _report.Dispose();
        if (_detached)
            return;
        _ = LibcProcesses.Kill(_process, Kill);
        _ = LibcProcesses.WaitPid(_process, out _, 0);
        RemovePidFile();
    }

    private void RemovePidFile()
    {
        if (_pidFile is not null)
            PidFile.RemoveLeftBy(_process, _pidFile);
    }

    /// <summary>Waits for the exit of the process. Forwards a repeated interruption, and kills the process after its grace period.</summary>
    private ExitStatus End(DaemonTimeouts timeouts)
    {
        const int noHang = 1;
        var began = Stopwatch.GetTimestamp();
        using var repeated = timeouts.InterruptedAgain.Register(() => _ = LibcProcesses.Kill(_process, Terminate));
        var killed = false;
        while (true)
        {
            var ended = LibcProcesses.WaitPid(_process, out var status, noHang);
            if (ended == _process || (ended < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted))
            {
                _detached = true;
                return new ExitStatus(status);
            }

            if (!killed && Stopwatch.GetElapsedTime(began) > timeouts.Grace + _margin)
            {
                killed = true;
                _ = LibcProcesses.Kill(_process, Kill);
            }

            CancellationToken.None.WaitHandle.WaitOne(_pause);
        }
    }

    private static string DescribeEnd(ExitStatus status) =>
        status.Signal != 0 ? $"killed by signal {status.Signal}" : $"with exit code {status.Code}";
}
