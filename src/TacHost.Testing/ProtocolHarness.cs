using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services.Networking;

namespace TacHost.Testing;

/// <summary>A connection without a socket, for tests of a <see cref="Protocol"/>. The test is the peer.</summary>
/// <remarks>
/// The callbacks run on the thread of the test, in the order of a real connection, and never overlap. An exception of a callback is thrown by the method that caused it, and aborts the connection.
/// Corresponds to Twisted's <c>StringTransport</c> and <c>proto_helpers</c>.
/// </remarks>
public sealed class ProtocolHarness
{
    private readonly MemoryTransport _transport;
    private int _read;

    /// <summary>Initializes a connection and calls <c>ConnectionMade</c>.</summary>
    /// <param name="protocol">The protocol, which has no connection yet.</param>
    /// <param name="peer">The address of the peer. Defaults to null: port 2 of 127.0.0.1.</param>
    /// <param name="logger">The logger of the protocol. Defaults to null: no log.</param>
    public ProtocolHarness(Protocol protocol, EndPoint? peer = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        Protocol = protocol;
        _transport = new MemoryTransport(protocol, peer ?? new IPEndPoint(IPAddress.Loopback, 2));
        _transport.Urgent(() => protocol.MakeConnection(_transport, logger ?? NullLogger.Instance));
    }

    /// <summary>Gets the protocol.</summary>
    public Protocol Protocol { get; }

    /// <summary>Gets the transport of the protocol.</summary>
    public ITransport Transport => _transport;

    /// <summary>Gets all bytes that the protocol has sent so far. Bytes in the send queue are not sent; see <see cref="PauseSending"/>.</summary>
    public byte[] Bytes => _transport.Sent;

    /// <summary>Gets the sent bytes as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Gets the complete lines that the protocol has sent, without LF or CR LF.</summary>
    public IReadOnlyList<string> Lines => [.. Text.Split('\n')[..^1].Select(line => line.TrimEnd('\r'))];

    /// <summary>Gets whether the protocol has closed or aborted the connection, or the connection is lost.</summary>
    public bool IsClosing => _transport.IsClosing;

    /// <summary>Gets whether the protocol has aborted the connection, or an exception has.</summary>
    public bool IsAborted => _transport.IsAborted;

    /// <summary>Gets whether <c>ConnectionLost</c> has been called.</summary>
    public bool IsLost => _transport.Lost.Task.IsCompleted;

    /// <summary>Initializes a connection with a new protocol of a factory, as a listener does.</summary>
    /// <param name="factory">The factory. It is started for this connection and stopped when the connection is lost.</param>
    /// <param name="peer">The address of the peer. Defaults to null: port 2 of 127.0.0.1.</param>
    /// <param name="logger">The logger of factory and protocol. Defaults to null: no log.</param>
    /// <exception cref="InvalidOperationException">The factory built no protocol, which refuses the connection.</exception>
    public static ProtocolHarness Connect(ServerFactory factory, EndPoint? peer = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(factory);
        peer ??= new IPEndPoint(IPAddress.Loopback, 2);
        factory.DoStart(logger ?? NullLogger.Instance);
        if (factory.BuildProtocol(peer) is not { } protocol)
        {
            factory.DoStop();
            throw new InvalidOperationException($"The {factory.GetType().Name} refused the connection of {peer}: it built no protocol.");
        }

        ProtocolHarness harness = new(protocol, peer, logger);
        harness._transport.AfterLoss = factory.DoStop;
        return harness;
    }

    /// <summary>Sends data to the protocol. It waits while the protocol has paused reading, and is discarded once the connection is closing.</summary>
    /// <param name="data">The data.</param>
    /// <param name="lengths">The lengths of the pieces in which the data arrives, repeated as often as necessary. Defaults to none: one piece.</param>
    public void Receive(ReadOnlySpan<byte> data, params ReadOnlySpan<int> lengths)
    {
        for (int from = 0, i = 0; from < data.Length; i++)
        {
            var count = Math.Min(data.Length - from, lengths.IsEmpty ? data.Length : Math.Max(1, lengths[i % lengths.Length]));
            var piece = data.Slice(from, count).ToArray();
            from += count;
            _transport.Input(() =>
            {
                Protocol.Receive(piece);
                // A protocol that keeps the memory beyond the call fails its test.
                Array.Clear(piece);
            });
        }
    }

    /// <summary>Sends text to the protocol, in UTF-8.</summary>
    /// <param name="text">The text, with its line ends.</param>
    public void Receive(string text) => Receive(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends lines to the protocol, each with CR LF.</summary>
    /// <param name="lines">The lines, without line ends.</param>
    public void ReceiveLines(params IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        foreach (var line in lines)
            Receive(line + "\r\n");
    }

    /// <summary>Half-closes the connection as the peer, after all data that is not received yet.</summary>
    public void FinishReceiving() => _transport.Input(() =>
    {
        if (!Protocol.LoseReadConnection())
            _transport.LoseConnection();
    });

    /// <summary>Lets the peer stop reading: data that the protocol writes stays in the send queue, and producers are paused.</summary>
    public void PauseSending() => _transport.SetPeerPaused(true);

    /// <summary>Lets the peer read again. The send queue is sent.</summary>
    public void ResumeSending() => _transport.SetPeerPaused(false);

    /// <summary>Announces that the server stops: cancels <c>StoppingToken</c> and calls <c>Stopping</c>.</summary>
    public void Stop() => _transport.Stop();

    /// <summary>Loses the connection.</summary>
    /// <param name="reason">The reason for <c>ConnectionLost</c>. Defaults to null: a graceful end.</param>
    public void Lose(Exception? reason = null) => _transport.Lose(reason);

    /// <summary>Returns the next line that the protocol sends, and waits for it, for protocols that answer asynchronously.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="EndOfStreamException">The connection was lost before a complete line was sent.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (changed, isLost) = (_transport.Changed.Task, IsLost);
            if (Lines is var lines && lines.Count > _read)
                return lines[_read++];
            if (isLost)
                throw new EndOfStreamException($"The connection was lost before the protocol sent line {_read + 1}. It sent '{Text}'.");
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the connection is lost.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The reason that <c>ConnectionLost</c> got, or null for a graceful end.</returns>
    public Task<Exception?> WaitForLossAsync(CancellationToken cancellationToken = default) => _transport.Lost.Task.WaitAsync(cancellationToken);
}
