namespace TacHost.Hosting;

/// <summary>The queue of everything that the main thread of a running process waits for.</summary>
internal sealed class HostEvents
{
    private readonly Queue<HostEvent> _queue = new();

    /// <summary>Adds an event. Safe on any thread, and never blocks for long.</summary>
    public void Post(HostEvent hostEvent)
    {
        lock (_queue)
        {
            _queue.Enqueue(hostEvent);
            Monitor.Pulse(_queue);
        }
    }

    /// <summary>Waits for the next event and removes it.</summary>
    public HostEvent Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
                Monitor.Wait(_queue);
            return _queue.Dequeue();
        }
    }
}

/// <summary>Something that the main thread acts on.</summary>
internal abstract record HostEvent
{
    private HostEvent()
    {
    }

    /// <summary>All deployments are to stop, for example after a signal.</summary>
    /// <param name="Reason">The reason, as the service manager shows it.</param>
    public sealed record ShutdownRequested(string Reason) : HostEvent;

    /// <summary>One deployment is to stop, because a service of it failed or it asked to stop.</summary>
    public sealed record DeploymentEnds(Deployment Deployment) : HostEvent;

    /// <summary>One deployment has stopped.</summary>
    public sealed record DeploymentStopped(Deployment Deployment) : HostEvent;
}
