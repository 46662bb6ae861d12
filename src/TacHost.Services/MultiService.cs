using System.Collections;
using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>An ordered group of services that starts and stops as one service.</summary>
/// <remarks>
/// Children start one after another in the order in which they were added and stop in reverse, each awaited, so that a child may rely on those added before it.
/// If one fails to start, those already started are stopped and the failure is rethrown. A stop goes on past failures and reports them together,
/// and past a child that has not stopped a second after the grace period.
/// A failure of a running child is passed up, and ends the host when it reaches the <see cref="Application"/>; override <see cref="OnServiceFailed"/> to deal with it here.
/// A derived class's own start runs before its children's, its own stop after theirs.
/// Ported from <c>twisted.application.service.MultiService</c>.
/// </remarks>
public partial class MultiService : Service, IServiceParent
{
    private static readonly TimeSpan _momentToLetGo = TimeSpan.FromSeconds(1);

    private readonly Lock _childrenGate = new();
    private readonly List<IService> _children = [];
    private readonly List<Arrival> _arrivals = [];
    private Dictionary<string, IService>? _bySegment;
    private Dictionary<string, int>? _lastOfType;

    /// <summary>Where the pass over the children stands that is under way; a child removed before it moves it back.</summary>
    private int _next;

    /// <summary>What happens to a child that joins now.</summary>
    private Joining _joining = Joining.Waits;

    private enum Joining
    {
        Waits,
        TakesItsTurn,
        StartsAtOnce,
        IsRefused,
    }

    /// <inheritdoc/>
    public IService GetServiceNamed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_childrenGate)
        {
            if (_bySegment?.GetValueOrDefault(name) is { } child)
                return child;
        }

        var names = string.Join(", ", this.Select(child => $"'{child.Name ?? SegmentOf(child)}'"));
        throw new KeyNotFoundException($"The service '{ServicePath}' has no child named '{name}'; it has {(names.Length == 0 ? "none at all" : names)}.");
    }

    /// <inheritdoc/>
    public void AddService(IService child)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (child.Parent is null)
            child.SetServiceParent(this);
        else
            Take(child, mayStart: false);
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

        if (Take(child, mayStart: true) is not { } arrival)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, arrival.Cancelled);
        try
        {
            await StartChildAsync(child, child.StartAsync, either.Token);
        }
        catch
        {
            Drop(child);
            throw;
        }
        finally
        {
            lock (_childrenGate)
                _arrivals.Remove(arrival);
            arrival.End();
        }
    }

    /// <inheritdoc/>
    public async Task RemoveServiceAsync(IService child, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (!Drop(child))
            throw new InvalidOperationException($"The service '{child.ServicePath}' is not a child of '{ServicePath}'.");
        try
        {
            if (child is not Service { IsInTheMiddleOfItsStart: true })
                await child.StopAsync(cancellationToken);
        }
        finally
        {
            (child as Service)?.Leave(this);
        }
    }

    /// <inheritdoc/>
    public void ServiceFailed(IService service, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(service);
        try
        {
            OnServiceFailed(service, failure);
        }
        catch (Exception e)
        {
            // Who cannot deal with a failure leaves it to the next one up.
            ServiceLog.SupervisionFailed(Logger, e, ServicePath, service.ServicePath);
            Parent?.ServiceFailed(service, failure);
        }
    }

    /// <summary>The children, as they are now.</summary>
    public IEnumerator<IService> GetEnumerator()
    {
        lock (_childrenGate)
            return ((IEnumerable<IService>)_children.ToArray()).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Hears of the failure of a running service below. Passes it to the parent unless overridden.</summary>
    protected virtual void OnServiceFailed(IService service, Exception failure) => Parent?.ServiceFailed(service, failure);

    private protected override async Task PrivilegedStartCoreAsync(CancellationToken cancellationToken)
    {
        BeginPass();
        await OnPrivilegedStartAsync(cancellationToken);
        while (NextChild() is { } child)
            await StartChildAsync(child, child.PrivilegedStartAsync, cancellationToken);
    }

    private protected override async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        BeginPass();
        await OnStartAsync(cancellationToken);
        while (NextChild(whenNone: Joining.StartsAtOnce) is { } child)
            await StartChildAsync(child, child.StartAsync, cancellationToken);
    }

    private protected override async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        Arrival[] arrivals;
        lock (_childrenGate)
        {
            _joining = Joining.IsRefused;
            arrivals = [.. _arrivals];
        }

        List<Exception> failures = [];
        foreach (var arrival in arrivals)
            await TryStopAsync(this, arrival.CancelAsync, failures, cancellationToken);
        IService[] children = [.. this];
        for (var i = children.Length - 1; i >= 0; i--)
            await TryStopAsync(children[i], children[i].StopAsync, failures, cancellationToken);
        await TryStopAsync(this, OnStopAsync, failures, cancellationToken);
        lock (_childrenGate)
            _joining = Joining.Waits;
        if (failures.Count > 0)
            throw new AggregateException($"{failures.Count} of the services in '{ServicePath}' did not stop cleanly.", failures);
    }

    private async Task TryStopAsync(IService service, Func<CancellationToken, Task> stopAsync, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            // A group sees to this for its own children; limiting it here as well would cut off those it has not come to.
            var stop = stopAsync(cancellationToken);
            await (service is MultiService && service != this ? stop : WithinGraceAsync(stop, service.ServicePath, cancellationToken));
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

    /// <summary>Waits for a stop, but only a moment once the grace period is over: one service that is stuck must not keep the others from being stopped.</summary>
    private static async Task WithinGraceAsync(Task stop, string path, CancellationToken cancellationToken)
    {
        try
        {
            await stop.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var ended = await Task.WhenAny(stop, Task.Delay(_momentToLetGo, CancellationToken.None));
            if (ended != stop)
                throw new TimeoutException($"The service '{path}' did not stop within the grace period.");
            await stop;
        }
    }

    private async Task StartChildAsync(IService child, Func<CancellationToken, Task> startAsync, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await startAsync(cancellationToken);

        // It may have been removed meanwhile, by itself or by another thread.
        bool stays;
        lock (_childrenGate)
            stays = IsChild(child);
        if (!stays)
            await child.StopAsync(cancellationToken);
    }

    private void BeginPass()
    {
        lock (_childrenGate)
        {
            _next = 0;
            _joining = Joining.TakesItsTurn;
        }
    }

    /// <summary>The child whose turn it is; a child that joins after null was returned meets <paramref name="whenNone"/>.</summary>
    private IService? NextChild(Joining whenNone = Joining.TakesItsTurn)
    {
        lock (_childrenGate)
        {
            if (_next < _children.Count)
                return _children[_next++];
            _joining = whenNone;
            return null;
        }
    }
}
