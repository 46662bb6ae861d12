using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>A part of a deployment that is started and stopped with the tree it belongs to.</summary>
/// <remarks>
/// Derive from <see cref="Service"/> rather than implementing this: it owns the state machine.
/// Whoever does implement it keeps three promises: starting a service that is not stopped throws, stopping one that is not
/// running does nothing, and <see cref="SetServiceParent"/> sets <see cref="Parent"/> before it calls
/// <see cref="IServiceCollection.AddService(IService)"/> and clears it again if that throws.
/// Ported from <c>twisted.application.service.IService</c>; it is an <see cref="IHostedService"/>, so a tree also runs under the .NET Generic Host.
/// </remarks>
public interface IService : IHostedService
{
    /// <summary>The name, unique among siblings, or null when none was given.</summary>
    string? Name { get; }

    /// <summary>The segments from the root to this service, joined by '/'. It identifies the service in messages and stays the same while the service stays where it is.</summary>
    string ServicePath { get; }

    /// <summary>The collection this service belongs to, or null.</summary>
    IServiceCollection? Parent { get; }

    /// <summary>Where the service stands. May be read from any thread at any time.</summary>
    ServiceState State { get; }

    /// <summary>Whether <see cref="State"/> is <see cref="ServiceState.Running"/>.</summary>
    bool Running => State == ServiceState.Running;

    /// <summary>Gets when the service last began to run, or null while it does not run.</summary>
    DateTimeOffset? StartedAt => null;

    /// <summary>Gets how often a supervisor has restarted the service.</summary>
    int Restarts => 0;

    /// <summary>Gets the reason of the last failure, or null if the service has never failed. Kept over a restart.</summary>
    Exception? LastFailure => null;

    /// <summary>Gets when a supervisor will try to start the service again, or null if no start is due.</summary>
    DateTimeOffset? NextTry => null;

    /// <summary>Gets what a stop of the service waits for, such as the peers of open connections, for messages. Empty if it does not stop or does not know.</summary>
    IReadOnlyList<string> WaitsFor => [];

    /// <summary>Names the service. Allowed only while it has no parent.</summary>
    /// <exception cref="InvalidOperationException">The service has a parent.</exception>
    /// <exception cref="ArgumentException">The name is empty, or has a '/' or a control character in it.</exception>
    void SetName(string name);

    /// <summary>Makes this service a child of a collection that is not running, as a tac file does. Starts nothing.</summary>
    /// <remarks>Added while the collection is starting, the service takes its turn after those that are there already.</remarks>
    /// <exception cref="InvalidOperationException">
    /// The service has a parent already, the collection is running or stopping, or it has a child of that name. The service is then as it was.
    /// </exception>
    void SetServiceParent(IServiceCollection parent);

    /// <summary>
    /// Moves this service to a collection: leaves the present parent, which stops it and waits for the stop, joins the new one,
    /// and starts if that is running.
    /// </summary>
    /// <returns>A task that ends when the service is where it belongs and, under a running parent, has started.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="SetServiceParent"/>, but for a present parent and a running collection.</exception>
    Task SetServiceParentAsync(IServiceCollection parent, CancellationToken cancellationToken = default);

    /// <summary>Leaves the parent, which stops this service first if it is running.</summary>
    /// <returns>A task that ends when the service has stopped.</returns>
    /// <exception cref="InvalidOperationException">The service has no parent.</exception>
    Task DisownServiceParentAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The first part of a start, made before the process gives up its privileges: binding a low port, opening a protected file.
    /// Optional: <see cref="IHostedService.StartAsync"/> makes up for it when it has not been called.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service is not stopped.</exception>
    Task PrivilegedStartAsync(CancellationToken cancellationToken);
}
