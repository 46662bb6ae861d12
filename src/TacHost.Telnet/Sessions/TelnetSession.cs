using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Telnet.Sessions;

/// <summary>The protocol of one connection: logs in, then reads and evaluates lines and shows their output.</summary>
internal sealed class TelnetSession(TelnetServer server) : PipeProtocol
{
    private const string LinePrompt = "> ";
    private const int Tries = 3;
    private const int MostUnflushed = 16 * 1024;
    private static readonly TimeSpan _longestLogin = TimeSpan.FromMinutes(1);

    private readonly Queue<byte> _typed = new();
    private PipeReader _input = null!;
    private PipeWriter _output = null!;
    private TelnetDecoder _decoder = null!;
    private LineEditor _editor = null!;
    private LineEvaluation? _lines;

    /// <summary>Gets the key of the client, or null for a client that has no address.</summary>
    public IPAddress? Client => Transport.Peer is IPEndPoint { Address: var address } ? ClientNetwork.Of(address) : null;

    /// <summary>Closes the connection at once, to make room for other logins.</summary>
    public void Evict() => Transport.AbortConnection();

    /// <inheritdoc/>
    protected override async Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        (_input, _output) = (pipe.Input, pipe.Output);
        _decoder = new TelnetDecoder(bytes => _output.Write(bytes));
        _editor = new LineEditor(Show);
        _decoder.Begin();
        try
        {
            if (await LogInAsync(cancellationToken) is { } name)
                await ConverseAsync(name, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && server.Sessions.Stopping.IsCancellationRequested)
        {
            Show("\r\nThe service is being shut down.\r\n");
        }
        finally
        {
            _lines?.Dispose();
            _lines = null;
        }
    }

    /// <summary>Does not close the connection: the session sends a message and ends.</summary>
    protected override void Stopping()
    {
    }

    private async Task<string?> LogInAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, server.Sessions.Stopping);
        limit.CancelAfter(_longestLogin);
        server.Sessions.BeginLogin(this);
        try
        {
            for (var i = 0; i < Tries; i++)
            {
                var name = "";
                if (server.Logins.AsksForName)
                {
                    _editor.Begin("login: ");
                    if (await ReadLineAsync(limit.Token) is not { } entered)
                        return null;
                    name = entered;
                }

                _editor.Begin("password: ", isSecret: true);
                if (await ReadLineAsync(limit.Token) is not { } password)
                    return null;
                if (await server.Logins.CheckAsync(name, password, Logger, limit.Token))
                {
                    name = name.Length == 0 ? "somebody" : name;
                    TelnetLog.LoggedIn(Logger, Transport.Peer, name);
                    return name;
                }

                server.LoginLines.Write(more => TelnetLog.LoginFailed(Logger, Transport.Peer, name, more));
                Show("Login incorrect.\r\n");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !server.Sessions.Stopping.IsCancellationRequested)
        {
            Show("\r\nLogin timed out.\r\n");
        }
        finally
        {
            server.Sessions.EndLogin(this);
        }

        return null;
    }

    private async Task ConverseAsync(string name, CancellationToken cancellationToken)
    {
        if (!server.Sessions.TryAcquire())
        {
            Show("Too many sessions. Try again later.\r\n");
            return;
        }

        try
        {
            await ReadLinesAsync(name, cancellationToken);
        }
        finally
        {
            server.Sessions.Release();
            TelnetLog.Left(Logger, name, Transport.Peer);
        }
    }

    private async Task ReadLinesAsync(string name, CancellationToken cancellationToken)
    {
        _lines = new LineEvaluation(server, Logger, name, Transport.Peer);
        using var atThePrompt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, server.Sessions.Stopping);
        Show($"{server.ApplicationName}, process {Environment.ProcessId}. Each line is C# and runs in this process; 'application' is its application, print(x) shows a value.\r\nTab completes, the arrows bring lines back, Ctrl-D or 'exit' ends.\r\n");
        while (true)
        {
            _editor.Begin(LinePrompt);
            if (await ReadLineAsync(atThePrompt.Token) is not { } line || line.Trim() is "exit" or "quit")
                break;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            _editor.Remember(line);
            TelnetLog.Line(Logger, name, Transport.Peer, line);
            var answer = await _lines.EvaluateAsync(line, cancellationToken);
            if (answer.Length > 0)
                Show(Escape(answer.TrimEnd('\n')) + "\r\n");
        }

        Show("Goodbye.\r\n");
    }

    /// <summary>Reads a line, and completes names on Tab.</summary>
    /// <returns>The line, or null at the end of the connection.</returns>
    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_typed.TryDequeue(out var typed))
            {
                if (_decoder.Take(typed) is >= 0 and var value && await TakeAsync((byte)value, cancellationToken) is { } ended)
                    return ended.Line;

                // A key may redraw the whole line. The output is flushed, so that it is not buffered without limit for a client that does not read.
                if (_output.UnflushedBytes > MostUnflushed)
                    await _output.FlushAsync(cancellationToken);
            }

            await _output.FlushAsync(cancellationToken);
            var read = await _input.ReadAsync(cancellationToken);
            foreach (var part in read.Buffer)
            {
                foreach (var each in part.Span)
                    _typed.Enqueue(each);
            }

            _input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted && _typed.Count == 0)
                return null;
        }
    }

    /// <summary>Processes one byte of data. Returns the line if the byte ends it, otherwise null.</summary>
    private async Task<LineEnd?> TakeAsync(byte value, CancellationToken cancellationToken)
    {
        switch (_editor.Take(value))
        {
            case Edited.Entered:
                return new LineEnd(_editor.Line);
            case Edited.Ended:
                return new LineEnd(null);
            case Edited.Complete when !_editor.IsSecret && _editor.Prompt == LinePrompt:
                await CompleteAsync(cancellationToken);
                return null;
            default:
                return null;
        }
    }

    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var line = _editor.BeforeCursor;
        var names = await _lines!.CompleteAsync(line, cancellationToken);
        var begun = line.Length - line.AsSpan().TrimEnd("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_").Length;
        var common = names.Length == 0 ? "" : names.Aggregate((all, name) => name[..all.Zip(name).TakeWhile(pair => pair.First == pair.Second).Count()]);
        if (common.Length >= begun && common != line[^begun..] && common.StartsWith(line[^begun..], StringComparison.OrdinalIgnoreCase))
            _editor.Replace(begun, common);
        else if (names.Length > 0)
            Show($"\r\n{string.Join("  ", names)}\r\n");
        else
            Show("\a");
        _editor.Redraw();
    }

    /// <summary>Escapes control characters, so that output cannot move the cursor or cause other effects in the terminal.</summary>
    private static string Escape(string text) =>
        string.Concat(text.ReplaceLineEndings("\n").Select(c => c == '\n' ? "\r\n" : c == '\t' ? "    " : char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()));

    /// <summary>Shows text. Needs no escaping, because 0xFF, with which a command begins, does not occur in UTF-8.</summary>
    private void Show(string text) => Encoding.UTF8.GetBytes(text, _output);

    private sealed record LineEnd(string? Line);
}
