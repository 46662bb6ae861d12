using TacHost.Services.Networking;

namespace TacHost.Servers.Relaying;

/// <summary>One of two connections of which each passes on to the other what it receives.</summary>
/// <remarks>
/// Whoever reads slowly holds the other up. A side that has sent all is passed on as such, and the other direction goes on. A side that breaks off
/// breaks the other off, unless it had sent all before; then the other still gets everything. Both are to be paused until they are coupled.
/// </remarks>
internal abstract class RelayedProtocol : Protocol, IProducer
{
    private readonly Lock _gate = new();
    private RelayedProtocol? _other;
    private Relay? _relay;
    private bool _ended;
    private bool _lost;

    /// <summary>What has passed so far; null before the two are coupled.</summary>
    protected Relay? Relay => _relay;

    /// <summary>Begins to pass on. The other side is read from then on; this one once its reading is resumed.</summary>
    /// <param name="other">The other connection.</param>
    /// <param name="before">What this side has sent already, and is still to be passed on.</param>
    protected void Couple(RelayedProtocol other, ReadOnlyMemory<byte> before)
    {
        Relay relay = new();
        var otherIsLost = other.Join(this, relay);
        if (Join(other, relay))
        {
            other.Transport.AbortConnection();
            return;
        }

        Transport.RegisterProducer(other);
        other.Transport.RegisterProducer(this);
        if (otherIsLost)
            Transport.LoseConnection();
        if (!before.IsEmpty)
            other.Transport.Write(before);
        other.Transport.ResumeReading();
    }

    /// <inheritdoc/>
    void IProducer.PauseProducing() => Transport.PauseReading();

    /// <inheritdoc/>
    void IProducer.ResumeProducing() => Transport.ResumeReading();

    /// <inheritdoc/>
    void IProducer.StopProducing() => Transport.ResumeReading();

    /// <inheritdoc/>
    protected sealed override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (_other is not { } other)
        {
            DataReceivedAlone(data);
            return;
        }

        _relay!.Count(data.Length);
        other.Transport.Write(data.ToArray());
    }

    /// <inheritdoc/>
    protected sealed override bool ReadConnectionLost()
    {
        if (_other is not { } other)
            return false;
        _ended = true;
        other.Transport.LoseWriteConnection();
        if (_relay!.End())
        {
            Transport.LoseConnection();
            other.Transport.LoseConnection();
        }

        return true;
    }

    /// <inheritdoc/>
    protected sealed override void ConnectionLost(Exception? reason)
    {
        RelayedProtocol? other;
        lock (_gate)
        {
            _lost = true;
            other = _other;
        }

        if (other is not null && (_ended || reason is null))
            other.Transport.LoseConnection();
        else
            other?.Transport.AbortConnection();
        LostAlone(reason);
    }

    /// <summary>Something has come before the two were coupled.</summary>
    protected virtual void DataReceivedAlone(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>The connection is gone, whether it was coupled or not. The last callback.</summary>
    protected virtual void LostAlone(Exception? reason)
    {
    }

    /// <returns>Whether this connection is lost already.</returns>
    private bool Join(RelayedProtocol other, Relay relay)
    {
        lock (_gate)
        {
            (_relay, _other) = (relay, other);
            return _lost;
        }
    }
}
