using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The daemon, as the process that starts it sees it: started, given what it is to run, waited for until it reports, and never left in between.</summary>
/// <remarks>It is started before that is prepared, so that .NET begins there while the tac file is looked up or compiled here.</remarks>
internal sealed class DaemonProcess : IDisposable
{
    private const int Terminate = 15;
    private const int Kill = 9;

    /// <summary>What a daemon may need beyond its own limits: to begin, to say that they were reached, and to let go.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    private readonly int _process;
    private readonly SafeFileHandle _recipe;
    private readonly SafeFileHandle _report;
    private string? _pidFile;
    private bool _isLeft;

    private DaemonProcess(int process, SafeFileHandle recipe, SafeFileHandle report) => (_process, _recipe, _report) = (process, recipe, report);

    /// <summary>Starts a process that waits for what it is to run.</summary>
    /// <param name="arguments">The same as this process's own.</param>
    public static DaemonProcess Start(IReadOnlyList<string> arguments)
    {
        var recipe = CreatePipe();
        var report = CreatePipe();
        using (recipe.Read)
        using (report.Write)
            return new DaemonProcess(SelfExecution.Spawn(arguments, recipe.Read, report.Write), recipe.Write, report.Read);
    }

    /// <summary>Hands over what it is to run, and ends when it runs.</summary>
    /// <param name="recipe">The prepared application.</param>
    /// <param name="pidFile">The daemon's pid file, to be removed if the daemon dies without doing so.</param>
    /// <param name="patience">How long, and until when, it is waited for.</param>
    /// <returns>What it wants to be shown.</returns>
    /// <exception cref="TacHostException">It does not run, for the reason it gave or for none; it is gone then, and its pid file with it.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted, and is gone too.</exception>
    public async Task<string> RunAsync(byte[] recipe, string? pidFile, DaemonPatience patience)
    {
        _pidFile = pidFile;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Interrupted);
        limit.CancelAfter(patience.StartTimeout + patience.Grace + _margin);
        (int ExitCode, string Message)? report;
        try
        {
            await HandOverAsync(recipe, limit.Token);
            report = await StartupReport.ReadAsync(_report, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _ = Libc.SendSignal(_process, Terminate);
            await EndAsync(patience);
            RemovePidFile(pidFile);
            patience.Interrupted.ThrowIfCancellationRequested();
            throw new TacHostException(ExitCode.TimedOut, $"the daemon (process {_process}) neither started nor said why within {patience.StartTimeout.TotalSeconds:0} s, and has been stopped.");
        }

        if (report is (ExitCode.Success, var shown))
        {
            _isLeft = true;
            return shown;
        }

        var status = await EndAsync(patience);
        RemovePidFile(pidFile);
        throw report is { } failed
            ? new TacHostException(failed.ExitCode, failed.Message)
            : new TacHostException(ExitCode.Software, $"the daemon (process {_process}) ended before it was running, {DescribeEnd(status)}, and gave no reason. Try --nodaemon to see what it does.");
    }

    /// <summary>Lets go of a daemon that runs or has ended. One that was given nothing to run, or that something unforeseen keeps this process from waiting for, is ended.</summary>
    public void Dispose()
    {
        _recipe.Dispose();
        _report.Dispose();
        if (_isLeft)
            return;
        _ = Libc.SendSignal(_process, Kill);
        _ = Libc.WaitForProcess(_process, out _, 0);
        RemovePidFile(_pidFile);
    }

    /// <summary>A pipe holds less than a tac file may be, so this waits for the daemon to read.</summary>
    private async Task HandOverAsync(byte[] recipe, CancellationToken cancellationToken)
    {
        try
        {
            await using var pipe = new FileStream(_recipe, FileAccess.Write, bufferSize: 0);
            await pipe.WriteAsync(Handover.Wrapped(recipe), cancellationToken).AsTask().WaitAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It has ended already, which the report tells, or its absence.
        }
    }

    private void RemovePidFile(string? pidFile)
    {
        if (pidFile is not null)
            PidFile.RemoveLeftBy(_process, pidFile);
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
    private async Task<ExitStatus> EndAsync(DaemonPatience patience)
    {
        using var limit = new CancellationTokenSource(patience.Grace + _margin);
        await using var repeated = patience.InterruptedAgain.Register(() => _ = Libc.SendSignal(_process, Terminate));
        var killed = false;
        while (true)
        {
            const int noHang = 1;
            var ended = Libc.WaitForProcess(_process, out var status, noHang);
            if (ended == _process || (ended < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted))
            {
                _isLeft = true;
                return new ExitStatus(status);
            }

            if (limit.IsCancellationRequested && !killed)
            {
                killed = true;
                _ = Libc.SendSignal(_process, Kill);
            }

            await Task.Delay(_pause);
        }
    }

    private static string DescribeEnd(ExitStatus status) =>
        status.Signal != 0 ? $"killed by signal {status.Signal}" : $"with exit code {status.Code}";
}
