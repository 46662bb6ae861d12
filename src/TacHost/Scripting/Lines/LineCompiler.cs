using Microsoft.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;
using TacHost.Services.Prompts;
using TacHost.Telnet.Compiler;

namespace TacHost.Scripting.Lines;

/// <summary>Compiles the lines of telnet sessions for a host, which is the parent process: the hidden request <see cref="CompilerWire.Word"/>.</summary>
internal sealed class LineCompiler
{
    /// <summary>The compiler recurses as deep as a line is nested. The memory is reserved, and committed only if needed.</summary>
    private const int StackSize = 256 * 1024 * 1024;

    private readonly BinaryReader _input = new(new BufferedStream(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0), 64 * 1024));
    private readonly BinaryWriter _output = new(new BufferedStream(StandardStreams.Raw(1), 64 * 1024));
    private readonly Dictionary<Guid, MetadataReference> _references = [];
    private readonly Dictionary<int, LineSession> _sessions = [];

    /// <summary>Answers requests until the end of the input. A running compilation ends with the process.</summary>
    public int Run()
    {
        try
        {
            while (true)
                Execute((CompilerRequest)_input.ReadByte());
        }
        catch (IOException)
        {
            return ExitCode.Success;
        }
    }

    private void Execute(CompilerRequest request)
    {
        switch (request)
        {
            case CompilerRequest.Reference:
                _references[ReadVersion()] = LineSession.Reference(CompilerWire.ReadBytes(_input));
                return;
            case CompilerRequest.Open:
                var number = _input.ReadInt32();
                var framework = _input.ReadString();
                _sessions[number] = new LineSession(framework, [.. Enumerable.Range(0, _input.ReadInt32()).Select(_ => _references[ReadVersion()])], typeof(WritableGlobals));
                return;
            case CompilerRequest.Close:
                _sessions.Remove(_input.ReadInt32());
                return;
            default:
                ExecuteLine(request, _sessions[_input.ReadInt32()], new SubmittedLine(_input.ReadInt32(), _input.ReadInt32(), _input.ReadString()));
                return;
        }
    }

    private void ExecuteLine(CompilerRequest request, LineSession session, SubmittedLine line)
    {
        if (request == CompilerRequest.Commit)
        {
            session.Commit(line);
            return;
        }

        var number = _input.ReadInt32();
        new Thread(() => Answer(number, request, session, line), StackSize) { IsBackground = true }.Start();
    }

    private void Answer(int number, CompilerRequest request, LineSession session, SubmittedLine line)
    {
        Action<BinaryWriter> write;
        try
        {
            write = request == CompilerRequest.Compile ? Compiled(session, line) : Completed(session, line);
        }
        catch (Exception e)
        {
            // The error boundary of one request.
            write = writer =>
            {
                writer.Write((byte)CompilerAnswerKind.Failure);
                writer.Write($"{e.GetType().Name}: {e.Message}");
            };
        }

        lock (_output)
        {
            _output.Write(number);
            write(_output);
            _output.Flush();
        }
    }

    private static Action<BinaryWriter> Compiled(LineSession session, SubmittedLine line)
    {
        var (image, errors) = session.Compile(line);
        return writer =>
        {
            writer.Write((byte)(errors is null ? CompilerAnswerKind.Image : CompilerAnswerKind.Errors));
            if (errors is null)
                writer.WriteBytes(image);
            else
                writer.Write(errors);
        };
    }

    private static Action<BinaryWriter> Completed(LineSession session, SubmittedLine line)
    {
        var names = session.Complete(line);
        return writer =>
        {
            writer.Write((byte)CompilerAnswerKind.Names);
            writer.Write(names.Length);
            foreach (var name in names)
                writer.Write(name);
        };
    }

    private Guid ReadVersion() => new(_input.ReadBytes(16));
}
