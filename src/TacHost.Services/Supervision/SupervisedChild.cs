using Microsoft.Extensions.Hosting;

namespace TacHost.Services.Supervision;

/// <summary>What a supervisor knows of one child, through all of its instances.</summary>
internal sealed class SupervisedChild(RestartPolicy policy, Func<IHostedService>? factory = null, string? name = null)
{
    private IDisposable? _sockets;

    public RestartPolicy Policy => policy;

    /// <summary>How many runs in a row were shorter than the back-off's reset time.</summary>
    public int ShortRuns { get; set; }

    /// <summary>When the child was last restarted, as a timestamp, or null.</summary>
    public long? RestartedAt { get; set; }

    /// <summary>When a restart that begins with this child is due, as a timestamp, or null.</summary>
    public long? Due { get; set; }

    public bool HasFactory => factory is not null;

    /// <summary>Makes a new instance.</summary>
    /// <exception cref="InvalidOperationException">The factory has returned null, or a service that is in a tree.</exception>
    public Service Make()
    {
        var hosted = factory!() ?? throw new InvalidOperationException("The factory of a supervised service has returned null.");
        var service = hosted as Service ?? new HostedService(hosted);
        if (service.Parent is not null)
            throw new InvalidOperationException($"The factory of a supervised service has returned '{service.ServicePath}', which is in a tree already. It must make a new instance each time.");
        if (name is not null)
            service.SetName(name);
        return service;
    }

    /// <summary>Keeps the sockets open that the child and all below it hold, so that clients wait in the backlog until the child runs again.</summary>
    public void KeepSockets(IService child, Application? application) => _sockets ??= application?.ListeningSockets.Hold(child);

    /// <summary>Closes the kept sockets that no service has taken again.</summary>
    public void ReleaseSockets()
    {
        _sockets?.Dispose();
        _sockets = null;
    }
}
