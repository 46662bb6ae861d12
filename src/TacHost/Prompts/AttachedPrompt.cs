using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Daemon;
using TacHost.Scripting.Lines;
using TacHost.Services.Prompts;
using TacHost.Telnet.Compiler;

namespace TacHost.Prompts;

/// <summary>A prompt in a running application: compiles lines here and runs them there (ADR 38).</summary>
internal sealed class AttachedPrompt : IDisposable
{
    /// <summary>The compiler recurses as deep as a line is nested. The memory is reserved, and committed only if needed.</summary>
    private const int StackSize = 256 * 1024 * 1024;

    private readonly ControlClient _connection;
    private readonly RunningApplication _running;
    private readonly string _session;
    private readonly LineSession _compiler;
    private int _serial;
    private int _kept;

    private AttachedPrompt(ControlClient connection, RunningApplication running, AttachReport report, bool canWrite)
    {
        (_connection, _running, _session) = (connection, running, report.Session);
        _compiler = new LineSession(report.Framework, report.References.Select(each => LineSession.Reference(each.Metadata)), canWrite ? typeof(WritableGlobals) : typeof(ReadOnlyGlobals));
    }

    /// <summary>Opens a session in an application.</summary>
    /// <exception cref="TacHostException">The application refused, or is of another version.</exception>
    public static AttachedPrompt Open(RunningApplication running, bool canWrite)
    {
        if (running.Report?.Version is { } version && version != HostVersion.Text)
            throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"process {running.Process} runs tachost {version}. This is tachost {HostVersion.Text}, which cannot compile lines for it. Use that version, or run 'tachost upgrade' first."));
        var connection = running.Connect();
        try
        {
            AttachReport? report = null;
            JsonObject parameters = new() { ["application"] = running.Name, ["write"] = canWrite };
            connection.Call("attach", parameters, ControlClient.Timeout, message =>
            {
                report = message.Deserialize(ControlJson.Default.AttachReport);
                return false;
            });
            return new AttachedPrompt(connection, running, report!, canWrite);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static bool IsComplete(string text) => LineSession.IsComplete(text);

    /// <summary>Compiles and runs a line.</summary>
    /// <param name="text">The line.</param>
    /// <param name="interrupted">Cancelled when the user does not want to wait any longer.</param>
    /// <exception cref="TacHostException">The process has ended, or refused.</exception>
    public LineOutcome Evaluate(string text, CancellationToken interrupted)
    {
        SubmittedLine line = new(++_serial, _kept, text);
        if (Compile(line, interrupted) is not var (image, errors))
            return LineOutcome.Interrupted("Interrupted. The compiler is still busy with the line.");
        if (errors is not null)
            return new LineOutcome("", null, errors, ExitCode.BadTac);
        using var file = Handover.MemoryFile();
        RandomAccess.Write(file, image, 0);
        using var client = _running.Connect();
        using var registration = interrupted.Register(client.Abort);
        try
        {
            JsonObject parameters = new() { ["session"] = _session, ["index"] = line.Index, ["text"] = text };
            var report = client.Call("evaluate", parameters, Timeout.InfiniteTimeSpan, attached: file).Deserialize(ControlJson.Default.EvaluateReport);
            if (report is null)
                throw new TacHostException(ExitCode.Unavailable, $"process {_running.Process} has ended the session.");
            _compiler.Commit(line);
            _kept++;
            return new LineOutcome(report.Output, report.Value, report.Failure, report.Failure is null ? ExitCode.Success : ExitCode.Software);
        }
        catch (TacHostException) when (interrupted.IsCancellationRequested)
        {
            return LineOutcome.Interrupted("Interrupted. If the line does not look at 'cancelled', it keeps running.");
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <returns>The assembly or the errors, or null after an interruption.</returns>
    private (byte[] Image, string? Errors)? Compile(SubmittedLine line, CancellationToken interrupted)
    {
        TaskCompletionSource<(byte[], string?)> done = new();
        new Thread(() =>
        {
            try
            {
                done.SetResult(_compiler.Compile(line));
            }
            catch (Exception e)
            {
                // The error boundary of one line.
                done.SetException(e);
            }
        }, StackSize)
        { IsBackground = true, Name = "compiler" }.Start();
        try
        {
            done.Task.Wait(interrupted);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (AggregateException)
        {
            // Thrown again below.
        }

        return done.Task.GetAwaiter().GetResult();
    }
}

/// <summary>The outcome of a line.</summary>
/// <param name="Output">The output of <c>print</c>.</param>
/// <param name="Value">The value as C# text, or null.</param>
/// <param name="Failure">The errors of the compiler, or the exception of the line, or null.</param>
/// <param name="ExitCode">The exit code of a run that ends with this line.</param>
internal sealed record LineOutcome(string Output, string? Value, string? Failure, int ExitCode)
{
    public static LineOutcome Interrupted(string text) => new("", null, text, TacHost.ExitCode.Signalled + 2);
}
