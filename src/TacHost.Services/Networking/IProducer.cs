namespace TacHost.Services.Networking;

/// <summary>Something that writes to a transport of its own accord, and can be held up while the peer is slower.</summary>
/// <remarks>Called by one thread at a time, whichever sends; the calls must not block. Ported from <c>twisted.internet.interfaces.IPushProducer</c>.</remarks>
public interface IProducer
{
    /// <summary>Called when the send queue exceeds the high-water mark. Do not write until writing is resumed.</summary>
    void PauseProducing();

    /// <summary>All that was waiting is sent: write on. May write at once.</summary>
    void ResumeProducing();

    /// <summary>Called when the connection has closed, as the last call.</summary>
    void StopProducing();
}
