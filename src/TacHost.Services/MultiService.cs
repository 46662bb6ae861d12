using System.Collections;
using Microsoft.Extensions.Hosting;
using TacHost.Services.Supervision;

namespace TacHost.Services;

/// <summary>An ordered group of services that starts and stops as one service.</summary>
/// <remarks>
/// Children are started one after another in the order in which they were added, and
/// stopped in reverse. Each is awaited, so a child can rely on those added before it.
/// If a child fails to start, the children that are already started are stopped, and the failure is rethrown.
/// A stop continues after a failure and reports all failures together. It also continues if a child has not stopped one second after the grace period.
/// A failure of a running child is passed to the parent, and ends the host when it reaches
/// the <see cref="Application"/>. Override <see cref="OnServiceFailed"/> to handle it here.
/// The derived class's own start runs before the start of its children, and its own stop after theirs.
/// Ported from <c>twisted.application.service.MultiService</c>.
/// </remarks>
public class MultiService : Service, IServiceCollection
{
    private SerialQueue<ChildExit>? _exits;

    /// <summary>Initializes a group without children.</summary>
    public MultiService() => Children = new ChildCollection(this);

    /// <summary>Gets whether the group is stopping and therefore must not start any child.</summary>
    internal bool IsStopping => Children.IsRefusing;

    internal ChildCollection Children { get; }

    /// <summary>Gets the queue of failed and ended children to handle.</summary>
    internal SerialQueue<ChildExit> Exits => _exits ?? Interlocked.CompareExchange(ref _exits, new SerialQueue<ChildExit>(HandleExitAsync), null) ?? _exits;

    /// <inheritdoc/>
    public IService GetServiceNamed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Children.Find(name) is { } child)
            return child;
        var names = string.Join(", ", this.Select(each => $"'{each.Name ?? Children.SegmentOf(each)}'"));
        throw new KeyNotFoundException($"The service '{ServicePath}' has no child named '{name}'; it has {(names.Length == 0 ? "none at all" : names)}.");
    }

    /// <inheritdoc/>
    public void AddService(IService child)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child.Parent is null)
            child.SetServiceParent(this);
        else
            Children.Register(child, mayStart: false);
    }

    /// <inheritdoc/>
    public IService AddService(IHostedService child, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(child);
        var service = child as IService ?? new HostedService(child);
        if (name is not null)
            service.SetName(name);
        AddService(service);
        return service;
    }

    /// <inheritdoc/>
    public async Task AddServiceAsync(IService child, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child.Parent is null)
        {
            await child.SetServiceParentAsync(this, cancellationToken);
            return;
        }

        if (Children.Register(child, mayStart: true) is not { } start)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, start.Cancelled);
        try
        {
            await StartChildAsync(child, child.StartAsync, either.Token);
        }
        catch
        {
            Children.Unregister(child);
            throw;
        }
        finally
        {
            Children.Complete(start);
        }
    }

    /// <inheritdoc/>
    public async Task RemoveServiceAsync(IService child, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (!Children.Unregister(child))
            throw new InvalidOperationException($"The service '{child.ServicePath}' is not a child of '{ServicePath}'.");
        try
        {
            if (child is not Service { IsStarting: true })
                await child.StopAsync(cancellationToken);
        }
        finally
        {
            OnRemoved(child);
            (child as Service)?.ClearParent(this);
        }
    }

    /// <inheritdoc/>
    public void ServiceFailed(IService child, IService origin, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(child);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(failure);

        // The failure is logged. A reload notices the failure of a new service, and that of a leaving service has no effect.
        if (child is not Service { IsApart: true })
            Exits.Post(new ChildExit(child, origin, failure));
    }

    /// <inheritdoc/>
    public virtual void ServiceCompleted(IService child)
    {
    }

    /// <summary>Returns an enumerator over a snapshot of the children.</summary>
    public IEnumerator<IService> GetEnumerator() => ((IEnumerable<IService>)Children.Snapshot()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Handles the failure of a running descendant. The default implementation passes it to the parent.</summary>
    /// <remarks>Called on the thread pool, one failure at a time and in order. If the override throws, the failure is passed to the parent.</remarks>
    /// <param name="child">The child that has failed, or that contains the failed service.</param>
    /// <param name="origin">The failed service, at any depth.</param>
    /// <param name="failure">The reason.</param>
    protected virtual void OnServiceFailed(IService child, IService origin, Exception failure) => Parent?.ServiceFailed(this, origin, failure);

    /// <summary>Called after a removed child has stopped.</summary>
    private protected virtual void OnRemoved(IService child)
    {
    }

    private protected virtual Task HandleExitAsync(ChildExit exit)
    {
        try
        {
            OnServiceFailed(exit.Child, exit.Origin, exit.Failure!);
        }
        catch (Exception e)
        {
            ServiceLog.SupervisionFailed(Logger, e, ServicePath, exit.Origin.ServicePath);
            Parent?.ServiceFailed(this, exit.Origin, exit.Failure!);
        }

        return Task.CompletedTask;
    }

    internal override async Task PrivilegedStartCoreAsync(CancellationToken cancellationToken)
    {
        Children.BeginPass();
        await OnPrivilegedStartAsync(cancellationToken);
        while (Children.Next(isLastPass: false) is { } child)
            await StartInPassAsync(child, child.PrivilegedStartAsync, cancellationToken);
    }

    internal override async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        Children.BeginPass();
        await OnStartAsync(cancellationToken);
        while (Children.Next(isLastPass: true) is { } child)
            await StartInPassAsync(child, child.StartAsync, cancellationToken);

        // A body may have failed already. Ensures that the parent is notified before this start completes.
        if (_exits is { } exits)
            await exits.Quiet;
    }

    internal override async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        foreach (var start in Children.Refuse())
            await TryStopAsync(this, start.CancelAsync, failures, cancellationToken);
        var children = Children.Snapshot();
        for (var i = children.Length - 1; i >= 0; i--)
            await TryStopAsync(children[i], children[i].StopAsync, failures, cancellationToken);
        await TryStopAsync(this, OnStopAsync, failures, cancellationToken);
        Children.Reopen();
        if (failures.Count > 0)
            throw new AggregateException($"{failures.Count} of the services in '{ServicePath}' did not stop cleanly.", failures);
    }

    internal override async Task AfterStartAsync(CancellationToken cancellationToken)
    {
        foreach (var child in Children.Snapshot())
            await ((child as Service)?.AfterStartAsync(cancellationToken) ?? Task.CompletedTask);
    }

    internal override Task BeforeStopAsync(CancellationToken cancellationToken) => ForEachInReverseAsync(child => child.BeforeStopAsync(cancellationToken));

    internal override Task AfterStopAsync(CancellationToken cancellationToken) => ForEachInReverseAsync(child => child.AfterStopAsync(cancellationToken));

    private async Task ForEachInReverseAsync(Func<Service, Task> call)
    {
        List<Exception> failures = [];
        foreach (var child in Children.Snapshot().OfType<Service>().Reverse())
        {
            try
            {
                await call(child);
            }
            catch (Exception e)
            {
                ServiceLog.StopFailed(Logger, e, child.ServicePath);
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    internal async Task TryStopAsync(IService service, Func<CancellationToken, Task> stopAsync, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            // A group does this for its own children. A limit here would also abort the stop of children that the group has not reached.
            var stop = stopAsync(cancellationToken);
            await (service is MultiService && service != this ? stop : GracePeriod.WaitForStopAsync(stop, service.ServicePath, cancellationToken));
        }
        catch (AggregateException e) when (service is MultiService && service != this)
        {
            failures.AddRange(e.InnerExceptions);
        }
        catch (Exception e)
        {
            ServiceLog.StopFailed(Logger, e, service.ServicePath);
            failures.Add(e);
        }
    }

    private protected virtual Task StartInPassAsync(IService child, Func<CancellationToken, Task> startAsync, CancellationToken cancellationToken) => StartChildAsync(child, startAsync, cancellationToken);

    internal async Task StartChildAsync(IService child, Func<CancellationToken, Task> startAsync, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await startAsync(cancellationToken);

        // The child may have been removed, by itself or by another thread.
        if (!Children.Contains(child))
            await child.StopAsync(cancellationToken);
    }
}
