using System.IO.Pipes;
using TacHost.Servers.Interop;
using TacHost.Servers.Processes;

namespace TacHost.Servers.ProcMon;

/// <summary>One run of a command, whose output can be read.</summary>
internal sealed class ChildProcess : IDisposable
{
    private ChildProcess(int id, Stream output, Stream errors) => (Group, Output, Errors) = (new ProcessGroup(id), output, errors);

    public ProcessGroup Group { get; }

    public int Id => Group.Id;

    public Stream Output { get; }

    public Stream Errors { get; }

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

    public void Dispose()
    {
        Group.Dispose();
        Output.Dispose();
        Errors.Dispose();
    }

    private static int Descriptor(AnonymousPipeServerStream pipe) => (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
}
