using TacHost.Services.Networking;

namespace TacHost.Proxies.Relaying;

/// <summary>One of two connections that forward received data to each other.</summary>
/// <remarks>
/// Applies back-pressure in both directions. Forwards a half-close, and the other direction continues. If one side is reset,
/// the other is reset too, unless the first had already finished sending; then the remaining data is still delivered.
/// Both connections must be paused until they relay.
/// </remarks>
internal abstract class RelayedProtocol : Protocol, IProducer
{
    private readonly Lock _gate = new();
    private RelayedProtocol? _other;
    private Relay? _relay;
    private bool _ended;
    private bool _lost;

    /// <summary>Gets the relay with the number of relayed bytes, or null before the connections are relayed.</summary>
    protected Relay? Relay => _relay;

    /// <summary>Starts forwarding. Resumes reading of the other connection; the caller must resume reading of this connection.</summary>
    /// <param name="other">The other connection.</param>
    /// <param name="before">The data that this connection has already received and that is to be forwarded first.</param>
    protected void StartRelay(RelayedProtocol other, ReadOnlyMemory<byte> before)
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
            DataReceivedBeforeRelay(data);
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
        AfterConnectionLost(reason);
    }

    /// <summary>Called when data is received before the connections are relayed.</summary>
    protected virtual void DataReceivedBeforeRelay(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>Called when the connection is lost, whether or not it was relayed. This is the last callback.</summary>
    protected virtual void AfterConnectionLost(Exception? reason)
    {
    }

    /// <returns>True if this connection is already lost.</returns>
    private bool Join(RelayedProtocol other, Relay relay)
    {
        lock (_gate)
        {
            (_relay, _other) = (relay, other);
            return _lost;
        }
    }
}
