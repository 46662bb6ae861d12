using Microsoft.Extensions.Hosting;

namespace TacHost.Services.Supervision;

/// <summary>The supervision state of one child, for all of its instances.</summary>
internal sealed class SupervisedChild(RestartPolicy policy, Func<IHostedService>? factory = null, string? name = null)
{
    private IDisposable? _sockets;

    public RestartPolicy Policy => policy;

    /// <summary>Gets or sets the number of consecutive runs that were shorter than the reset time of the back-off.</summary>
    public int ShortRuns { get; set; }

    /// <summary>Gets or sets the timestamp of the last restart, or null.</summary>
    public long? RestartedAt { get; set; }

    /// <summary>Gets or sets the timestamp at which a restart that begins with this child is due, or null.</summary>
    public long? Due { get; set; }

    public bool HasFactory => factory is not null;

    /// <summary>Creates a new instance.</summary>
    /// <exception cref="InvalidOperationException">The factory returned null, or a service that is already in a tree.</exception>
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

    /// <summary>Keeps the sockets of the child and its descendants open, so that clients wait in the backlog until the child runs again.</summary>
    public void RetainSockets(IService child, Application? application) => _sockets ??= application?.ListeningSockets.Hold(child);

    /// <summary>Closes the kept sockets that no service has reclaimed.</summary>
    public void ReleaseSockets()
    {
        _sockets?.Dispose();
        _sockets = null;
    }
}
