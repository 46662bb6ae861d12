using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>A service with child services. The enumerator iterates over a snapshot of the children, in the order in which they were added.</summary>
/// <remarks>Ported from <c>twisted.application.service.IServiceCollection</c>. May be used from any thread.</remarks>
public interface IServiceCollection : IEnumerable<IService>
{
    /// <summary>Returns the child with a name, or the unnamed child with a path segment.</summary>
    /// <exception cref="KeyNotFoundException">No child has the name; the message lists the names.</exception>
    IService GetServiceNamed(string name);

    /// <summary>Adds a child without starting it. Equivalent to calling <see cref="IService.SetServiceParent"/> on the child.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>.</exception>
    void AddService(IService child);

    /// <summary>Adds a hosted service, wrapped as a service of this tree. A <see cref="BackgroundService"/> that ends with an exception counts as failed.</summary>
    /// <param name="child">The hosted service. An <see cref="IService"/> is added without a wrapper.</param>
    /// <param name="name">The name of the wrapper, or null for a name derived from the type.</param>
    /// <returns>The service in the tree: the wrapper, or the child itself.</returns>
    IService AddService(IHostedService child, string? name = null);

    /// <summary>Adds a child, and starts it if this collection is running. Equivalent to calling <see cref="IService.SetServiceParentAsync"/> on a child without a parent.</summary>
    /// <remarks>
    /// If the child fails to start, it is removed and the exception is rethrown.
    /// While the collection is starting, the task completes at once, and the collection starts the child in its turn.
    /// </remarks>
    Task AddServiceAsync(IService child, CancellationToken cancellationToken = default);

    /// <summary>Removes a child, and stops it first if it is running. Equivalent to calling <see cref="IService.DisownServiceParentAsync"/> on the child.</summary>
    /// <remarks>If the child is still starting, as when it removes itself in its own start, the collection stops it after that start.</remarks>
    /// <exception cref="InvalidOperationException">The service is not a child of this collection.</exception>
    Task RemoveServiceAsync(IService child, CancellationToken cancellationToken = default);

    /// <summary>Reports the failure of a running child, or of a service below the child. Returns at once.</summary>
    /// <remarks>Called once for each failure, on the thread that detected it. A <see cref="MultiService"/> handles failures on the thread pool, one at a time and in order.</remarks>
    /// <param name="child">The child of this collection that has failed, or that contains the failed service.</param>
    /// <param name="origin">The service that has failed, at any depth.</param>
    /// <param name="failure">The reason.</param>
    void ServiceFailed(IService child, IService origin, Exception failure);

    /// <summary>Reports that the long-running body of a child has returned. Returns at once. Defaults to no effect.</summary>
    void ServiceCompleted(IService child)
    {
    }
}
