using System.Net;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>A transport of one thread that keeps what is written.</summary>
public sealed class MemoryTransport : ITransport
{
    private readonly MemoryStream _written = new();
    private bool _paused;

    public EndPoint Local => new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint Peer => new IPEndPoint(IPAddress.Loopback, 2);

    public bool IsReading => !_paused && !IsLosing;

    public bool IsLosing { get; private set; }

    public byte[] Written => _written.ToArray();

    /// <summary>Gives a protocol what a peer sends, in pieces whose lengths come round again, as a real transport does: nothing more once it is closing.</summary>
    public static MemoryTransport Feed(Protocol protocol, byte[] data, params int[] lengths)
    {
        MemoryTransport transport = new();
        protocol.MakeConnection(transport, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        for (int from = 0, i = 0; from < data.Length && !transport.IsLosing; i++)
        {
            var count = Math.Min(data.Length - from, lengths.Length == 0 ? data.Length : Math.Max(1, lengths[i % lengths.Length]));

            // A copy, so that whatever is kept beyond the call shows.
            var piece = data.AsSpan(from, count).ToArray();
            protocol.Receive(piece);
            Array.Clear(piece);
            from += count;
        }

        return transport;
    }

    public void Write(ReadOnlyMemory<byte> data) => _written.Write(data.Span);

    public void LoseConnection() => IsLosing = true;

    public void LoseWriteConnection()
    {
    }

    public void PauseReading() => _paused = true;

    public void ResumeReading() => _paused = false;

    public void RegisterProducer(IProducer producer, int highWaterMark = ITransport.DefaultHighWaterMark) => throw new NotSupportedException();

    public void UnregisterProducer()
    {
    }

    public void AbortConnection() => IsLosing = true;
}
