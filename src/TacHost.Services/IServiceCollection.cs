using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>A service that other services can belong to. Enumerates its children in the order in which they were added, as they were at the moment of asking.</summary>
/// <remarks>Ported from <c>twisted.application.service.IServiceCollection</c>. May be used from any thread.</remarks>
public interface IServiceCollection : IEnumerable<IService>
{
    /// <summary>Finds the child of that name, or the unnamed child of that path segment.</summary>
    /// <exception cref="KeyNotFoundException">No child has the name; the message lists the names.</exception>
    IService GetServiceNamed(string name);

    /// <summary>Takes in a child without starting it; the same as calling <see cref="IService.SetServiceParent"/> on the child.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>.</exception>
    void AddService(IService child);

    /// <summary>Takes in any hosted service, wrapped as a service of this tree. A <see cref="BackgroundService"/> that ends in an exception counts as failed.</summary>
    /// <param name="child">The hosted service; one that is an <see cref="IService"/> is added as it is.</param>
    /// <param name="name">The name of the wrapping service, or null for one made from the type.</param>
    /// <returns>The child as the tree sees it.</returns>
    IService AddService(IHostedService child, string? name = null);

    /// <summary>Takes in a child and, if this collection is running, starts it; the same as calling <see cref="IService.SetServiceParentAsync"/> on a child that has no parent.</summary>
    /// <remarks>
    /// If the child does not start it is taken out again and the failure is rethrown.
    /// While the collection is starting the task ends at once and the child takes its turn.
    /// </remarks>
    Task AddServiceAsync(IService child, CancellationToken cancellationToken = default);

    /// <summary>Lets go of a child, stopping it first if it is running. The same as calling <see cref="IService.DisownServiceParentAsync"/> on the child.</summary>
    /// <remarks>A child that is still starting, as when it removes itself from within its own start, is stopped by the collection once its start has ended.</remarks>
    /// <exception cref="InvalidOperationException">The service is not a child of this collection.</exception>
    Task RemoveServiceAsync(IService child, CancellationToken cancellationToken = default);

    /// <summary>Reports that a running child has failed, or passes on a failure from below it. Returns at once.</summary>
    /// <remarks>Called once for each failure, on the thread that saw it. A <see cref="MultiService"/> handles failures on the thread pool, one at a time and in order.</remarks>
    /// <param name="child">The child of this collection that has failed, or below which a service has failed.</param>
    /// <param name="origin">The service that has failed, at any depth.</param>
    /// <param name="failure">The reason.</param>
    void ServiceFailed(IService child, IService origin, Exception failure);

    /// <summary>Reports that the long-running body of a child has returned. Returns at once. Defaults to no effect.</summary>
    void ServiceCompleted(IService child)
    {
    }
}
