using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The new process of an upgrade, from the viewpoint of the old one (ADR 37).</summary>
/// <remarks>
/// The command of the new version prepares the application and becomes the host. Three pipes connect the processes: the start-up report, the orders of the old
/// process, and the answers of the new one. The end of a process is an end of file for the other one.
/// </remarks>
internal sealed class SuccessorProcess : IDisposable
{
    /// <summary>The first argument, which users do not write. The directory and the arguments of the old process follow.</summary>
    public const string Word = "--upgrade-for";

    private const int Interrupt = 2, Terminate = 15, Kill = 9, NoHang = 1;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    private readonly SafeFileHandle _report;
    private readonly FileStream _orders;
    private readonly FileStream _answers;
    private bool _hasEnded;

    private SuccessorProcess(int id, SafeFileHandle report, SafeFileHandle orders, SafeFileHandle answers) =>
        (Id, _report, _orders, _answers) = (id, report, new FileStream(orders, FileAccess.Write, bufferSize: 0), new FileStream(answers, FileAccess.Read, bufferSize: 0));

    public int Id { get; }

    /// <summary>Starts the process.</summary>
    /// <param name="start">The program and its environment.</param>
    /// <param name="sockets">The sockets, with their descriptors in this process.</param>
    /// <exception cref="TacHostException">The program cannot be started.</exception>
    public static SuccessorProcess Start(SuccessorStart start, IReadOnlyList<PassedSocket> sockets)
    {
        var report = Pipe.Create("the report of the new process");
        var orders = Pipe.Create("the orders to the new process");
        var answers = Pipe.Create("the answers of the new process");
        using (report.Write)
        using (orders.Read)
        using (answers.Write)
        using (var memory = Handover.MemoryFile())
        using (var list = Handover.MemoryFile())
        {
            PassedSocket.Write(list, sockets);
            int[] link = [.. new[] { orders.Read, answers.Write, list }.Select(handle => (int)handle.DangerousGetHandle())];
            List<string> environment = [PredecessorLink.VariableFor(link), .. start.Environment];
            var id = HostExecution.SpawnSuccessor(start, [Word, .. start.Arguments], environment, [.. link, .. sockets.Select(each => each.Descriptor), .. start.Descriptors], memory, report.Write);
            return new SuccessorProcess(id, report.Read, orders.Write, answers.Read);
        }
    }

    /// <summary>Waits until the new process has started its application.</summary>
    /// <returns>The report of the process: its version.</returns>
    /// <exception cref="TacHostException">The new process did not start. It has ended.</exception>
    public string WaitUntilReady(TimeSpan startTimeout, TimeSpan grace, CancellationToken interrupted)
    {
        var limit = startTimeout + grace + TimeSpan.FromSeconds(60);
        if (!StartupReport.TryRead(_report, limit, interrupted, out var report))
        {
            End(grace);
            throw new TacHostException(ExitCode.TimedOut, interrupted.IsCancellationRequested ? "the upgrade was interrupted, because the application stops." : string.Create(CultureInfo.InvariantCulture, $"the new process {Id} neither started nor reported an error within {limit.TotalSeconds:0} s, and has been stopped."));
        }

        if (report is (ExitCode.Success, var version))
            return version;
        End(grace);
        throw report is var (exitCode, message)
            ? new TacHostException(exitCode is > 0 and < 256 ? exitCode : ExitCode.Software, message)
            : new TacHostException(ExitCode.Software, $"the new process {Id} ended before it was ready, and gave no reason.");
    }

    /// <summary>Orders the new process to serve, and waits until it does.</summary>
    /// <returns>False if the new process ended or did not serve in time. It has been killed then.</returns>
    public bool TryLetServe(TimeSpan timeout)
    {
        Order();
        if (Polling.WaitForInput(_answers.SafeFileHandle, timeout) && _answers.ReadByte() >= 0)
            return true;
        End(TimeSpan.Zero);
        return false;
    }

    /// <summary>Tells the new process that the service manager knows it.</summary>
    public void LetReport() => Order();

    /// <summary>Returns whether the process has ended. Does not wait.</summary>
    /// <param name="killer">The number of the signal that ended the process, or 0 if it exited, or was ended by a signal that requests an end.</param>
    public bool TryWaitForEnd(out int killer)
    {
        const int signalBits = 0x7F;
        killer = 0;
        var waited = LibcProcesses.WaitPid(Id, out var status, NoHang);
        if (waited == 0)
            return false;
        _hasEnded = true;
        if (waited == Id && (status & signalBits) is not (Interrupt or Terminate) and var signal)
            killer = signal;
        return true;
    }

    /// <summary>Ends the process: by SIGTERM, and after the grace period by SIGKILL.</summary>
    public void End(TimeSpan grace)
    {
        var began = Stopwatch.GetTimestamp();
        _ = LibcProcesses.Kill(Id, Terminate);
        while (!_hasEnded)
        {
            if (Stopwatch.GetElapsedTime(began) > grace)
                _ = LibcProcesses.Kill(Id, Kill);
            _hasEnded = LibcProcesses.WaitPid(Id, out _, NoHang) != 0;
            if (!_hasEnded)
                CancellationToken.None.WaitHandle.WaitOne(_pause);
        }
    }

    /// <summary>Closes the pipes, but not the one for orders: the kernel closes it at the end of this process, which the new one waits for.</summary>
    public void Dispose()
    {
        _report.Dispose();
        _answers.Dispose();
        if (_hasEnded)
            _orders.Dispose();
        else
            _orders.SafeFileHandle.SetHandleAsInvalid();
    }

    private void Order()
    {
        try
        {
            _orders.WriteByte(1);
        }
        catch (IOException)
        {
            // The new process has ended, which the caller notices.
        }
    }
}

/// <summary>The command line and the environment of a successor.</summary>
internal sealed record SuccessorStart
{
    /// <summary>Gets the path of the command to start, or null for the one that belongs to this host.</summary>
    public string? Program { get; init; }

    /// <summary>Gets the directory in which this process was started, and its arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Gets descriptors that the successor finds under the same numbers.</summary>
    public IReadOnlyList<int> Descriptors { get; init; } = [];

    /// <summary>Gets whether the successor has the standard streams and the session of this process.</summary>
    public bool IsForeground { get; init; }
}
