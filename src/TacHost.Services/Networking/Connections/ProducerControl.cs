namespace TacHost.Services.Networking.Connections;

/// <summary>
/// Flow control of a producer: pauses it above the high-water mark and resumes it when the
/// send queue is empty. Calls never overlap, and the last one matches the final state.
/// </summary>
/// <remarks>
/// No lock is held during a call, because the producer may need a lock that a writer holds.
/// A thread that finds a call in progress leaves the next call to the calling thread.
/// </remarks>
internal sealed class ProducerControl(IProducer producer, int highWaterMark, Func<long> queued)
{
    private readonly Lock _gate = new();
    private bool _telling;
    private bool _paused;
    private bool _lost;
    private bool _stopped;

    public void Notify()
    {
        while (Next() is { } call)
        {
            try
            {
                call();
            }
            finally
            {
                lock (_gate)
                    _telling = false;
            }
        }
    }

    /// <summary>Stops the producer, because the connection can no longer send.</summary>
    public void Stop()
    {
        lock (_gate)
            _lost = true;
        Notify();
    }

    private Action? Next()
    {
        lock (_gate)
        {
            if (_telling || _stopped)
                return null;
            if (_lost)
            {
                _telling = _stopped = true;
                return producer.StopProducing;
            }

            var count = queued();
            var paused = count > highWaterMark || (_paused && count > 0);
            if (paused == _paused)
                return null;
            _telling = true;
            _paused = paused;
            return paused ? producer.PauseProducing : producer.ResumeProducing;
        }
    }
}
