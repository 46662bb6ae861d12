using System.Collections.Concurrent;
using System.Diagnostics;

namespace TacHost.Telnet.Compiler;

/// <summary>The compiler as a child process. If it ends, all open requests fail, and its users start another one.</summary>
internal sealed class CompilerProcess : IDisposable
{
    private readonly Process _process;
    private readonly BinaryWriter _writer;
    private readonly Lock _writing = new();
    private readonly HashSet<Guid> _references = [];
    private readonly ConcurrentDictionary<int, TaskCompletionSource<CompilerAnswer>> _open = new();
    private int _requests;
    private volatile bool _hasEnded;

    /// <summary>Starts the child.</summary>
    /// <exception cref="InvalidOperationException">There is no command for this process, or the command cannot be started.</exception>
    public CompilerProcess()
    {
        if (AppContext.GetData(CompilerWire.CommandData) is not Func<string[]> command)
            throw new InvalidOperationException("The compiler is the command 'tachost', which did not start this process.");
        var words = command();
        ProcessStartInfo start = new(words[0], [.. words[1..], CompilerWire.Word]) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // A managed command that is killed would leave its diagnostic files behind.
        start.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new InvalidOperationException($"Cannot start the compiler '{words[0]}': {e.Message}. It cannot be started with --chroot.", e);
        }

        _writer = new BinaryWriter(new BufferedStream(_process.StandardInput.BaseStream, 64 * 1024));
        new Thread(ReadAnswers) { IsBackground = true, Name = "compiler" }.Start();
    }

    public bool HasEnded => _hasEnded;

    public int Id => _process.Id;

    /// <summary>Sends messages together.</summary>
    /// <exception cref="IOException">The child has ended.</exception>
    public void Send(Action<BinaryWriter> write)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_hasEnded, this);
            write(_writer);
            _writer.Flush();
        }
    }

    /// <summary>Writes the metadata of an assembly, unless the child has it. Must be called by the action of <see cref="Send"/>.</summary>
    public void WriteReference(BinaryWriter writer, Guid version, ReadOnlySpan<byte> metadata)
    {
        if (!_references.Add(version))
            return;
        writer.Write((byte)CompilerRequest.Reference);
        writer.Write(version.ToByteArray());
        writer.WriteBytes(metadata);
    }

    /// <summary>Sends a request with an answer.</summary>
    /// <param name="write">Writes the request without its number.</param>
    /// <returns>The answer. Fails with an <see cref="IOException"/> if the child ends first.</returns>
    public Task<CompilerAnswer> AskAsync(Action<BinaryWriter> write)
    {
        var number = Interlocked.Increment(ref _requests);
        TaskCompletionSource<CompilerAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[number] = answer;
        Send(writer =>
        {
            write(writer);
            writer.Write(number);
        });
        if (_hasEnded)
            FailOpen();
        return answer.Task;
    }

    /// <summary>Ends the child at once. A compiler that is busy cannot be interrupted in another way.</summary>
    public void Kill()
    {
        _hasEnded = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile, and the thread that reads its answers has disposed of it.
        }
    }

    /// <summary>Lets the child end.</summary>
    public void Dispose()
    {
        _hasEnded = true;
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
            // The child has ended already.
        }
    }

    private void ReadAnswers()
    {
        try
        {
            using BinaryReader reader = new(new BufferedStream(_process.StandardOutput.BaseStream, 64 * 1024));
            while (true)
            {
                var number = reader.ReadInt32();
                var kind = (CompilerAnswerKind)reader.ReadByte();
                if (kind == CompilerAnswerKind.Failure)
                {
                    var failure = new InvalidOperationException(reader.ReadString());
                    if (_open.TryRemove(number, out var failed))
                        failed.SetException(failure);
                    continue;
                }

                var answer = Read(reader, kind);
                if (_open.TryRemove(number, out var open))
                    open.SetResult(answer);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The end of the child.
        }

        _hasEnded = true;
        FailOpen();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static CompilerAnswer Read(BinaryReader reader, CompilerAnswerKind kind) => kind switch
    {
        CompilerAnswerKind.Image => new CompilerAnswer(reader.ReadBytes(), null, []),
        CompilerAnswerKind.Errors => new CompilerAnswer([], reader.ReadString(), []),
        _ => new CompilerAnswer([], null, [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString())]),
    };

    private void FailOpen()
    {
        foreach (var (number, answer) in _open)
        {
            if (_open.TryRemove(number, out _))
                answer.TrySetException(new IOException("The compiler has ended. The next line starts another one."));
        }
    }
}
