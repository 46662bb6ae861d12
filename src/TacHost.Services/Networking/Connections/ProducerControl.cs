namespace TacHost.Services.Networking.Connections;

/// <summary>Tells a producer to pause above the high-water mark and to go on when all is sent: one call at a time, and the last one right.</summary>
internal sealed class ProducerControl(IProducer producer, int highWaterMark, Func<long> queued)
{
    private readonly Lock _telling = new();
    private bool _paused;
    private bool _stopped;

    /// <summary>Tells it what has changed, if anything.</summary>
    public void Tell()
    {
        lock (_telling)
        {
            while (!_stopped)
            {
                var count = queued();
                var paused = count > highWaterMark || (_paused && count > 0);
                if (paused == _paused)
                    return;
                _paused = paused;
                if (paused)
                    producer.PauseProducing();
                else
                    producer.ResumeProducing();
            }
        }
    }

    /// <summary>Tells it that nothing more can be sent.</summary>
    public void Stop()
    {
        lock (_telling)
        {
            _stopped = true;
            producer.StopProducing();
        }
    }
}
