using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The daemon, as the process that starts it sees it: started, given what it is to run, waited for until it reports, and never left in between.</summary>
/// <remarks>
/// It is started before that is prepared, so that .NET begins there while the tac file is looked up or compiled here. This thread does all the waiting by
/// itself: where processes have run out, there may be no thread in the pool, and no timer, that could end a wait.
/// </remarks>
internal sealed class DaemonProcess : IDisposable
{
    private const int Terminate = 15;
    private const int Kill = 9;

    /// <summary>What a daemon may need beyond its own limits: to begin, to say that they were reached, and to let go.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(50);

    private readonly int _process;
    private readonly SafeFileHandle _recipe;
    private readonly SafeFileHandle _prepared;
    private readonly SafeFileHandle _report;
    private string? _pidFile;
    private bool _isLeft;

    private DaemonProcess(int process, SafeFileHandle recipe, SafeFileHandle prepared, SafeFileHandle report) =>
        (_process, _recipe, _prepared, _report) = (process, recipe, prepared, report);

    /// <summary>Starts a process that waits for what it is to run.</summary>
    /// <param name="arguments">The same as this process's own.</param>
    public static DaemonProcess Start(IReadOnlyList<string> arguments)
    {
        var recipe = Handover.MemoryFile();
        var prepared = Pipe.Create("the daemon's application");
        var report = Pipe.Create("the daemon's report");
        using (prepared.Read)
        using (report.Write)
            return new DaemonProcess(HostExecution.Spawn(arguments, recipe, report.Write, prepared.Read), recipe, prepared.Write, report.Read);
    }

    /// <summary>Hands over what it is to run, and returns when it runs.</summary>
    /// <param name="prepared">The application.</param>
    /// <param name="pidFile">The daemon's pid file, to be removed if the daemon dies without doing so.</param>
    /// <param name="patience">How long, and until when, it is waited for.</param>
    /// <returns>What it wants to be shown; and whether it does not run, because that is all that was asked for.</returns>
    /// <exception cref="TacHostException">It does not run, for the reason it gave or for none; it is gone then, and its pid file with it.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted, and is gone too.</exception>
    public (string Text, bool IsAnswer) Run(Prepared prepared, string? pidFile, DaemonPatience patience)
    {
        _pidFile = pidFile;
        Handover.Write(_recipe, prepared);
        _prepared.Dispose();
        if (!TryReadReport(patience, out var report))
        {
            _ = Libc.SendSignal(_process, Terminate);
            End(patience);
            RemovePidFile();
            patience.Interrupted.ThrowIfCancellationRequested();
            throw new TacHostException(ExitCode.TimedOut, $"the daemon (process {_process}) neither started nor said why within {patience.StartTimeout.TotalSeconds:0} s, and has been stopped.");
        }

        if (report is (ExitCode.Success, var shown))
        {
            _isLeft = true;
            return (shown, false);
        }

        var status = End(patience);
        RemovePidFile();
        if (report is (StartupReport.Answer, var answer))
            return (answer, true);
        throw report is { } failed
            ? new TacHostException(failed.ExitCode, failed.Message)
            : new TacHostException(ExitCode.Software, $"the daemon (process {_process}) ended before it was running, {DescribeEnd(status)}, and gave no reason. Try --nodaemon to see what it does.");
    }

    /// <summary>Lets go of a daemon that runs or has ended. One that was given nothing to run, or that something unforeseen keeps this process from waiting for, is ended.</summary>
    public void Dispose()
    {
        _recipe.Dispose();
        _prepared.Dispose();
        _report.Dispose();
        if (_isLeft)
            return;
        _ = Libc.SendSignal(_process, Kill);
        _ = Libc.WaitForProcess(_process, out _, 0);
        RemovePidFile();
    }

    /// <summary>Reads the report to its end, where the daemon closes the pipe; null if that comes without one.</summary>
    /// <returns>Whether that came in time.</returns>
    private bool TryReadReport(DaemonPatience patience, out (int ExitCode, string Message)? report)
    {
        var began = Stopwatch.GetTimestamp();
        using var text = new MemoryStream();
        using FileStream pipe = new(_report, FileAccess.Read, bufferSize: 0);
        var buffer = new byte[4096];
        while (true)
        {
            report = null;
            if (patience.Interrupted.IsCancellationRequested || Stopwatch.GetElapsedTime(began) > patience.StartTimeout + patience.Grace + _margin)
                return false;
            if (!Libc.WaitForInput(_report, _glance))
                continue;
            var count = pipe.Read(buffer);
            if (count > 0)
            {
                text.Write(buffer, 0, count);
                continue;
            }

            report = StartupReport.Read(text.ToArray());
            return true;
        }
    }

    private void RemovePidFile()
    {
        if (_pidFile is not null)
            PidFile.RemoveLeftBy(_process, _pidFile);
    }

    /// <summary>Waits for the process to be gone. Passes a repeated interruption on, and kills it if it takes longer than it may.</summary>
    private ExitStatus End(DaemonPatience patience)
    {
        const int noHang = 1;
        var began = Stopwatch.GetTimestamp();
        using var repeated = patience.InterruptedAgain.Register(() => _ = Libc.SendSignal(_process, Terminate));
        var killed = false;
        while (true)
        {
            var ended = Libc.WaitForProcess(_process, out var status, noHang);
            if (ended == _process || (ended < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted))
            {
                _isLeft = true;
                return new ExitStatus(status);
            }

            if (!killed && Stopwatch.GetElapsedTime(began) > patience.Grace + _margin)
            {
                killed = true;
                _ = Libc.SendSignal(_process, Kill);
            }

            CancellationToken.None.WaitHandle.WaitOne(_pause);
        }
    }

    private static string DescribeEnd(ExitStatus status) =>
        status.Signal != 0 ? $"killed by signal {status.Signal}" : $"with exit code {status.Code}";
}
