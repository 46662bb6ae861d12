using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>A part of a deployment that is started and stopped with its tree.</summary>
/// <remarks>
/// Derive from <see cref="Service"/> instead of implementing this interface, because <see cref="Service"/> contains the state machine.
/// An implementation must follow three rules. Starting a service that is not stopped throws. Stopping a service that is not running has no effect.
/// <see cref="SetServiceParent"/> sets <see cref="Parent"/> before it calls
/// <see cref="IServiceCollection.AddService(IService)"/>, and clears it if that call throws.
/// Ported from <c>twisted.application.service.IService</c>. A service is an <see cref="IHostedService"/>, so a tree also runs under the .NET Generic Host.
/// </remarks>
public interface IService : IHostedService
{
    /// <summary>Gets the name, unique among siblings, or null if the service has no name.</summary>
    string? Name { get; }

    /// <summary>
    /// Gets the path segments from the root to this service, joined by '/'. The path
    /// identifies the service in messages and changes only if the service is moved.
    /// </summary>
    string ServicePath { get; }

    /// <summary>Gets the collection that contains this service, or null.</summary>
    IServiceCollection? Parent { get; }

    /// <summary>Gets the current state. Thread-safe.</summary>
    ServiceState State { get; }

    /// <summary>Gets whether <see cref="State"/> is <see cref="ServiceState.Running"/>.</summary>
    bool Running => State == ServiceState.Running;

    /// <summary>Gets the time at which the service entered the running state, or null if it is not running.</summary>
    DateTimeOffset? StartedAt => null;

    /// <summary>Gets the time at which the service entered its state, or null if that is not known.</summary>
    DateTimeOffset? StateSince => StartedAt;

    /// <summary>Gets the number of restarts by a supervisor.</summary>
    int Restarts => 0;

    /// <summary>Gets the reason of the last failure, or null if the service has never failed. A restart does not clear it.</summary>
    Exception? LastFailure => null;

    /// <summary>Gets the time of the next start by a supervisor, or null if no start is scheduled.</summary>
    DateTimeOffset? NextTry => null;

    /// <summary>Gets what a stop of the service waits for, such as the peers of open connections, for messages. Empty if it does not stop or does not know.</summary>
    IReadOnlyList<string> WaitsFor => [];

    /// <summary>Sets the name of the service. Allowed only while the service has no parent.</summary>
    /// <exception cref="InvalidOperationException">The service has a parent.</exception>
    /// <exception cref="ArgumentException">The name is empty, or contains a '/' or a control character.</exception>
    void SetName(string name);

    /// <summary>Adds this service to a collection that is not running, as a tac file does. Does not start the service.</summary>
    /// <remarks>If the collection is starting, the service is started after the children that were added before it.</remarks>
    /// <exception cref="InvalidOperationException">
    /// The service already has a parent, the collection is running or stopping, or it has a child with that name. The service is then unchanged.
    /// </exception>
    void SetServiceParent(IServiceCollection parent);

    /// <summary>
    /// Moves this service to a collection. Leaves the current parent, which stops the service and awaits the stop, then joins the new parent.
    /// Starts the service if the new parent is running.
    /// </summary>
    /// <returns>A task that completes when the service has joined the parent and, if that is running, has started.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="SetServiceParent"/>,
    /// except that a current parent and a running collection are allowed.</exception>
    Task SetServiceParentAsync(IServiceCollection parent, CancellationToken cancellationToken = default);

    /// <summary>Removes this service from its parent, which stops the service first if it is running.</summary>
    /// <returns>A task that completes when the service has stopped.</returns>
    /// <exception cref="InvalidOperationException">The service has no parent.</exception>
    Task DisownServiceParentAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs the privileged part of a start, before the process drops its privileges: for example binds a low port or opens a protected file.
    /// Optional. If this method was not called, <see cref="IHostedService.StartAsync"/> runs the privileged part first.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service is not stopped.</exception>
    Task PrivilegedStartAsync(CancellationToken cancellationToken);
}
