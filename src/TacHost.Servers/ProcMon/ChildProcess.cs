using System.IO.Pipes;
using System.Runtime.InteropServices;
using TacHost.Servers.Interop;

namespace TacHost.Servers.ProcMon;

/// <summary>One run of a command: the leader of a session and a process group of its own, whose output can be read.</summary>
/// <remarks>.NET's own Process waits for no children but those it started, so the two do not get in each other's way.</remarks>
internal sealed class ChildProcess : IDisposable
{
    private const int NoHang = 1;
    private const int NoSuchProcess = 3;
    private const int KillSignal = 9;

    private readonly TaskCompletionSource<ProcessEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration _childEnded;

    private ChildProcess(int id, Stream output, Stream errors)
    {
        (Id, Output, Errors) = (id, output, errors);
        _childEnded = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Look());
        Look();
    }

    public int Id { get; }

    public Stream Output { get; }

    public Stream Errors { get; }

    /// <summary>Ends when the process has, and has been waited for; others of its group may live on.</summary>
    public Task<ProcessEnd> Ended => _ended.Task;

    /// <summary>Whether no process is left of its group. Meaningful once it has ended.</summary>
    public bool IsGroupEmpty => Libc.SendSignal(-Id, 0) != 0 && Marshal.GetLastPInvokeError() == NoSuchProcess;

    /// <summary>Starts a command.</summary>
    /// <exception cref="IOException">It cannot be started; the message is the system's reason.</exception>
    public static ChildProcess Start(IReadOnlyList<string> command, IReadOnlyCollection<string> environment, string? directory)
    {
        AnonymousPipeServerStream? output = null, errors = null;
        try
        {
            output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            errors = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            var error = SpawnedProcess.Start(command, environment, directory, Descriptor(output), Descriptor(errors), out var process);
            if (error != 0)
                throw new IOException(SpawnedProcess.Text(error));
            output.DisposeLocalCopyOfClientHandle();
            errors.DisposeLocalCopyOfClientHandle();
            return new ChildProcess(process, output, errors);
        }
        catch
        {
            output?.Dispose();
            errors?.Dispose();
            throw;
        }
    }

    /// <summary>Sends a signal to every process of the group.</summary>
    public void Signal(int signal) => _ = Libc.SendSignal(-Id, signal);

    /// <summary>Kills whatever is left of the group.</summary>
    public void Kill()
    {
        if (!Ended.IsCompleted || !IsGroupEmpty)
            Signal(KillSignal);
    }

    public void Dispose()
    {
        _childEnded.Dispose();
        Output.Dispose();
        Errors.Dispose();
    }

    private static int Descriptor(AnonymousPipeServerStream pipe) => (int)pipe.ClientSafePipeHandle.DangerousGetHandle();

    /// <summary>Waits for the process if it has ended. Called at the start and whenever any child of this process has ended.</summary>
    private void Look()
    {
        lock (_gate)
        {
            if (_ended.Task.IsCompleted)
                return;
            var waited = Libc.WaitForProcess(Id, out var status, NoHang);
            if (waited != 0)
                _ended.TrySetResult(new ProcessEnd(waited == Id ? status : null));
        }
    }
}
