namespace TacHost.Hosting;

/// <summary>The queue of events that the main thread of a running process waits for.</summary>
internal sealed class HostEvents
{
    private readonly Queue<HostEvent> _queue = new();

    /// <summary>Adds an event. Thread-safe, and never blocks for long.</summary>
    public void Post(HostEvent hostEvent)
    {
        lock (_queue)
        {
            _queue.Enqueue(hostEvent);
            Monitor.Pulse(_queue);
        }
    }

    public HostEvent Wait()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
                Monitor.Wait(_queue);
            return _queue.Dequeue();
        }
    }
}

/// <summary>An event for the main thread.</summary>
internal abstract record HostEvent
{
    private HostEvent()
    {
    }

    /// <summary>All deployments must stop, for example after a signal.</summary>
    /// <param name="Reason">The reason for the service manager.</param>
    public sealed record ShutdownRequested(string Reason) : HostEvent;

    /// <summary>A deployment must stop, because one of its services failed or it requested a stop.</summary>
    public sealed record DeploymentEnds(Deployment Deployment) : HostEvent;

    /// <summary>A deployment has stopped.</summary>
    public sealed record DeploymentStopped(Deployment Deployment) : HostEvent;
}
