namespace TacHost.Services.Networking;

/// <summary>Something that writes to a transport of its own accord, and can be held up while the peer is slower.</summary>
/// <remarks>Called by one thread at a time, whichever sends; the calls must not block. Ported from <c>twisted.internet.interfaces.IPushProducer</c>.</remarks>
public interface IProducer
{
    /// <summary>More is waiting to be sent than the high-water mark: write no more for now.</summary>
    void PauseProducing();

    /// <summary>All that was waiting is sent: write on. May write at once.</summary>
    void ResumeProducing();

    /// <summary>The connection is gone. The last call.</summary>
    void StopProducing();
}
