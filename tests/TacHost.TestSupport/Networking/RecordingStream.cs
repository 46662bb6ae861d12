namespace TacHost.TestSupport.Networking;

/// <summary>Keeps what is read through it.</summary>
public sealed class RecordingStream(Stream inner) : DelegatingStream(inner)
{
    private readonly MemoryStream _received = new();

    public byte[] Received => _received.ToArray();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Inner.ReadAsync(buffer, cancellationToken);
        _received.Write(buffer.Span[..count]);
        return count;
    }
}
