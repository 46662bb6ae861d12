using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Ftp.Sessions;

/// <summary>The control connection: reads command lines and writes replies, without TLS or, after AUTH, with TLS.</summary>
internal sealed class ControlChannel(IDuplexPipe pipe) : IAsyncDisposable
{
    /// <summary>The maximum length of a line in bytes, including its end. The longest possible path fits.</summary>
    public const int LongestLine = 8 * 1024;

    /// <summary>The maximum number of lines that are read ahead while a transfer waits for its data connection.</summary>
    private const int MostAhead = 64;

    private const byte TelnetCommand = 0xFF;
    private const byte TelnetWill = 0xFB;
    private const byte TelnetDont = 0xFE;
    private const byte FirstTelnetCommand = 0xF0;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly PipeStream _plain = new(pipe);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Queue<Task<string?>> _ahead = new();
    private PipeReader _reader = pipe.Input;
    private SslStream? _tls;

    public bool IsProtected => _tls is not null;

    /// <summary>Reads the next line, without its end. Returns null at the end of the connection.</summary>
    /// <exception cref="DecoderFallbackException">The line is not UTF-8. Reading can continue.</exception>
    /// <exception cref="InvalidDataException">The line is too long. Reading cannot continue.</exception>
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) => _ahead.TryDequeue(out var line) ? line : ReceiveLineAsync(cancellationToken);

    private async Task<string?> ReceiveLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (TryTakeLine(ref buffer, out var line))
            {
                _reader.AdvanceTo(buffer.Start);
                if (line.Length > 0)
                    return _strictUtf8.GetString(line);
                continue;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (buffer.Length >= LongestLine)
                throw new InvalidDataException("The line is too long.");
            if (read.IsCompleted)
                return null;
        }
    }

    /// <summary>Waits until the client shuts down its side. Lines received before are queued for <see cref="ReadLineAsync"/>.</summary>
    public async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (_ahead.Count < MostAhead)
        {
            var line = ReceiveLineAsync(cancellationToken);
            await ((Task)line).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (line.IsCompletedSuccessfully && await line is null)
                return;

            // The exception is rethrown when the line is read. Mark it as observed, because the line may never be read.
            _ = line.Exception;
            _ahead.Enqueue(line);
        }

        // Reading pauses while the queue is full, so the end of the connection cannot be detected either.
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Sends a reply. Replies of transfers and commands are not interleaved.</summary>
    public async Task ReplyAsync(Reply reply, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var stream = _tls ?? (Stream)_plain;
            await stream.WriteAsync(reply.ToBytes(), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Switches to TLS. Bytes that the client sent as plain text after AUTH TLS are parsed as a part of the handshake, never as a command.</summary>
    public async Task StartTlsAsync(TlsServerHandshake handshake, CancellationToken cancellationToken)
    {
        if (_ahead.Count > 0)
            throw new IOException("The client sent plain text after the command AUTH TLS.");
        var tls = await handshake.AuthenticateAsync(_plain, cancellationToken);
        _tls = tls;
        _reader = PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <summary>Sends the TLS close_notify alert, so that the client does not treat the end as a truncation attack.</summary>
    public Task FinishAsync() => _tls?.ShutdownAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_tls is null)
            return;
        await _reader.CompleteAsync();
        await _tls.DisposeAsync();
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out byte[] line)
    {
        line = [];
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            // Some clients send ABOR as urgent data. Its last byte, the line feed, is then not in the stream.
            if (buffer.Length > 16 || buffer.IsEmpty || !"ABOR\r"u8.SequenceEqual(line = WithoutTelnet(buffer.ToArray())))
                return false;
            line = line[..^1];
            buffer = buffer.Slice(buffer.End);
            return true;
        }

        var length = buffer.Slice(0, end).Length;
        if (length >= LongestLine)
            return false;
        line = WithoutTelnet(buffer.Slice(0, end).ToArray());
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        if (line.Length > 0 && line[^1] == '\r')
            line = line[..^1];
        return true;
    }

    /// <summary>Removes the Telnet commands (RFC 854) that some clients send before ABOR. Their last byte may be missing, because it is urgent data.</summary>
    private static byte[] WithoutTelnet(byte[] line)
    {
        if (!line.Contains(TelnetCommand))
            return line;
        List<byte> kept = [];
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != TelnetCommand)
                kept.Add(line[i]);
            else if (i + 1 < line.Length && line[i + 1] >= FirstTelnetCommand)
                i += line[i + 1] is >= TelnetWill and <= TelnetDont ? 2 : 1;
        }

        return [.. kept];
    }
}
