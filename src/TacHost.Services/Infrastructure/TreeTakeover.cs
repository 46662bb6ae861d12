using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Infrastructure;

/// <summary>The start of an application that takes over the sockets of another process. Create the object before the start.</summary>
/// <remarks>
/// A service that would bind an address of the other process gets the socket of that process. Nothing is accepted before <see cref="Commit"/>. Bodies
/// (<see cref="Service.ExecuteAsync"/>) run after <see cref="Complete"/>. If the start fails, the other process keeps its sockets.
/// </remarks>
public sealed class TreeTakeover
{
    private readonly Application _application;
    private readonly SocketExchange _exchange;
    private readonly List<Service> _services;

    /// <summary>Initializes the object and offers the sockets to the services.</summary>
    /// <param name="application">The application, which has not been started.</param>
    /// <param name="inherited">The sockets, which the application then owns.</param>
    public TreeTakeover(Application application, IEnumerable<(int Descriptor, string ServicePath, string Name)> inherited)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(inherited);
        _application = application;
        _exchange = application.ListeningSockets.BeginTakeover([.. inherited.Select(InheritedSockets.Create)]);
        _services = [.. All(application).OfType<Service>()];
        foreach (var service in _services)
            service.BodyGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Begins to accept, and closes the sockets that no service uses.</summary>
    public void Commit() => _application.ListeningSockets.EndExchange(_exchange, isCommitted: true);

    /// <summary>Runs the bodies, because the other process has ended. The sockets now belong to this process alone.</summary>
    public void Complete()
    {
        foreach (var socket in _application.ListeningSockets.All)
            socket.IsShared = false;
        foreach (var service in _services)
            service.BodyGate?.TrySetResult();
    }

    private static IEnumerable<IService> All(IService service) =>
        service is IServiceCollection children ? children.SelectMany(All).Prepend(service) : [service];
}
