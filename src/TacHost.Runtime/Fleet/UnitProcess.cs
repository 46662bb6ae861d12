using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>The daemon of a deployment: started by this emperor, or adopted from an earlier one.</summary>
internal sealed class UnitProcess : IDisposable
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private const int NoHang = 1;
    private const short Input = 1;

    private readonly SafeFileHandle _descriptor;
    private readonly bool _isChild;
    private readonly ProcessWatch _watch;
    private readonly TaskCompletionSource<ExitStatus?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private UnitProcess(int id, SafeFileHandle descriptor, bool isChild, ProcessWatch watch)
    {
        (Id, _descriptor, _isChild, _watch) = (id, descriptor, isChild, watch);
        StartTicks = ProcessTimes.StartTicks(id) ?? "";
        watch.Add(descriptor, OnEnd);
    }

    public int Id { get; }

    /// <summary>Gets the start time in the kernel's ticks, which with the ID identifies the process for this boot.</summary>
    public string StartTicks { get; }

    /// <summary>Gets whether an earlier emperor has started the process. Its exit code cannot be learned.</summary>
    public bool IsAdopted => !_isChild;

    /// <summary>Gets the end of the process, with its exit status if the process is a child.</summary>
    public Task<ExitStatus?> Ended => _ended.Task;

    /// <summary>Starts a daemon without an application.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="watch">The watch of the fleet.</param>
    /// <param name="inherited">The descriptors for the daemon.</param>
    /// <exception cref="TacHostException">The process cannot be started.</exception>
    public static UnitProcess Spawn(IReadOnlyList<string> arguments, ProcessWatch watch, params ReadOnlySpan<SafeFileHandle> inherited)
    {
        var id = HostExecution.Spawn(arguments, inherited);

        // The child is at most a zombie by now, so its ID is still its own.
        return LibcExecution.PidfdOpen(id) is { } descriptor
            ? new UnitProcess(id, descriptor, isChild: true, watch)
            : throw new TacHostException(ExitCode.OperatingSystem, $"cannot watch the process {id}: {Errno.LastText}.");
    }

    /// <summary>Returns the process that holds a pid file, or null. A number in a file that is not locked means nothing.</summary>
    public static UnitProcess? Adopt(string pidFile, ProcessWatch watch)
    {
        if (PidFileHolder.Find(pidFile) is not { } id || LibcExecution.PidfdOpen(id) is not { } descriptor)
            return null;

        // The ID could have been reused before the descriptor was opened, so check the lock.
        if (PidFileHolder.Find(pidFile) == id)
            return new UnitProcess(id, descriptor, isChild: false, watch);
        descriptor.Dispose();
        return null;
    }

    public void Signal(int signal) => LibcExecution.PidfdSendSignal(_descriptor, signal);

    /// <summary>Asks the process to end, and ends it by force after its time.</summary>
    /// <returns>True if force was needed.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout, CancellationToken killToken)
    {
        Signal(Terminate);
        try
        {
            await Ended.WaitAsync(timeout, killToken);
            return false;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Signal(Kill);
            await Ended;
            return true;
        }
    }

    public void Dispose()
    {
        if (!Ended.IsCompleted)
            _watch.Remove(_descriptor);
        _descriptor.Dispose();
    }

    private void OnEnd()
    {
        // The number of the descriptor may have been that of another one while the watch was waiting.
        if (Polling.WaitFor(_descriptor, Input, TimeSpan.Zero) == 0)
        {
            _watch.Add(_descriptor, OnEnd);
            return;
        }

        var status = _isChild && LibcProcesses.WaitPid(Id, out var raw, NoHang) == Id ? new ExitStatus(raw) : (ExitStatus?)null;
        _ended.TrySetResult(status);
    }
}
