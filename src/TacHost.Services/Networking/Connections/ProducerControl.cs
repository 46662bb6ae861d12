namespace TacHost.Services.Networking.Connections;

/// <summary>Tells a producer to pause above the high-water mark and to go on when all is sent: one call at a time, and the last one right.</summary>
/// <remarks>No lock is held during a call, since the producer may need one that a writer holds: whoever finds a call under way leaves the next one to its caller.</remarks>
internal sealed class ProducerControl(IProducer producer, int highWaterMark, Func<long> queued)
{
    private readonly Lock _gate = new();
    private bool _telling;
    private bool _paused;
    private bool _lost;
    private bool _stopped;

    /// <summary>Tells it what has changed, if anything.</summary>
    public void Tell()
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

    /// <summary>Tells it that nothing more can be sent.</summary>
    public void Stop()
    {
        lock (_gate)
            _lost = true;
        Tell();
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
