using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>A protocol that sends a poem in small pieces and keeps the position of its connection.</summary>
internal sealed class SlowPoetryProtocol(SlowPoetryFactory factory, ReadOnlyMemory<byte> poem) : Protocol, IProducer
{
    private readonly Lock _turn = new();
    private int _said;
    private volatile bool _heldUp;

    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        PoetryLog.SendingSlowly(Logger, poem.Length, Transport.Peer, factory.NumBytes, factory.Delay.TotalMilliseconds);
        Transport.RegisterProducer(this, factory.NumBytes);

        // Added before the first write, so that a client that has read the first bytes can rely on the next tick.
        factory.Add(this);
        SendMore();
    }

    /// <summary>Returns true, so that a client that half-closes at once still receives the poem.</summary>
    protected override bool ReadConnectionLost() => true;

    /// <inheritdoc/>
    protected override void ConnectionLost(Exception? reason) => factory.Remove(this);

    /// <summary>Sends the next bytes and closes the connection after the last.</summary>
    public void SendMore()
    {
        lock (_turn)
        {
            if (_heldUp)
                return;
            var next = poem.Slice(_said, Math.Min(factory.NumBytes, poem.Length - _said));
            _said += next.Length;
            if (!next.IsEmpty)
                Transport.Write(next);
            if (_said < poem.Length)
                return;
            factory.Remove(this);
            Transport.LoseConnection();
        }
    }

    /// <inheritdoc/>
    public void PauseProducing() => _heldUp = true;

    /// <inheritdoc/>
    public void ResumeProducing() => _heldUp = false;

    /// <inheritdoc/>
    public void StopProducing() => _heldUp = true;
}
