using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Processes;

/// <summary>A process that was started as the leader of its own session and process group.</summary>
/// <remarks><c>Process</c> waits only for children that it has started, so the two classes do not interfere.</remarks>
internal sealed class ProcessGroup : IDisposable
{
    private const int NoHang = 1;
    private const int NoSuchProcess = 3;
    private const int KillSignal = 9;

    private readonly TaskCompletionSource<ProcessExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration _childEnded;

    /// <param name="id">The process ID of a child process for which no other code waits.</param>
    public ProcessGroup(int id)
    {
        Id = id;
        _childEnded = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Look());
        Look();
    }

    public int Id { get; }

    /// <summary>Gets a task that completes after the process has ended and been reaped. Other processes of the group may still run.</summary>
    public Task<ProcessExitStatus> Ended => _ended.Task;

    /// <summary>Gets whether no living process is left of its group. Meaningful once the process has ended.</summary>
    public bool IsEmpty => (LibcProcesses.Kill(-Id, 0) != 0 && Marshal.GetLastPInvokeError() == NoSuchProcess) || (Ended.IsCompleted && !HasLivingMember());

    public void Signal(int signal) => _ = LibcProcesses.Kill(-Id, signal);

    public void Kill()
    {
        if (!Ended.IsCompleted || !IsEmpty)
            Signal(KillSignal);
    }

    public void Dispose() => _childEnded.Dispose();

    /// <summary>Returns whether a process of the group lives. One that is dead and that its new parent has not waited for yet still has the group.</summary>
    private bool HasLivingMember()
    {
        try
        {
            return Directory.EnumerateDirectories("/proc").Any(directory => char.IsAsciiDigit(directory[^1]) && IsLivingMember(directory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A chroot without /proc.
            return true;
        }
    }

    /// <summary>Reads proc_pid_stat(5): behind the name in parentheses come the state, the parent and the group.</summary>
    private bool IsLivingMember(string directory)
    {
        try
        {
            var status = File.ReadAllText($"{directory}/stat");
            return status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [not ("Z" or "X"), _, var group, ..] && int.Parse(group, CultureInfo.InvariantCulture) == Id;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reaps the process if it has ended. Called at the start and on every SIGCHLD.</summary>
    private void Look()
    {
        lock (_gate)
        {
            if (_ended.Task.IsCompleted)
                return;
            var waited = LibcProcesses.WaitPid(Id, out var status, NoHang);
            if (waited != 0)
                _ended.TrySetResult(new ProcessExitStatus(waited == Id ? status : null));
        }
    }
}
