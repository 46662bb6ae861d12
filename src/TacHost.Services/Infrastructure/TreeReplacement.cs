using System.Runtime.ExceptionServices;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Infrastructure;

/// <summary>Makes a running application what another application would be: some services stay as they are, and the others come, go or are replaced.</summary>
/// <remarks>
/// The new services start beside the running tree, in the order of a start. Until <see cref="Commit"/> nothing of the running tree is touched, and a start that fails is undone.
/// The commit has no await in it and cannot fail. The services that leave are stopped afterwards, in reverse order. Bodies (<see cref="Service.ExecuteAsync"/>) of new services
/// begin with the commit, or when the predecessor has stopped. New listeners reserve the sockets of leaving ones, and accept from the commit on.
/// </remarks>
public sealed class TreeReplacement
{
    private readonly Application _running;
    private readonly IReadOnlyDictionary<IService, IService> _staying;
    private readonly IReadOnlyDictionary<IService, IService> _predecessors;
    private readonly HashSet<IService> _leaving;
    private readonly List<(MultiService Group, List<(IService Child, string Segment)> Children)> _groups = [];
    private readonly List<(Service Newcomer, MultiService Twin, MultiService Group)> _newcomers = [];
    private readonly List<Service> _started = [];
    private SocketExchange? _sockets;

    /// <summary>Initializes a replacement. Changes nothing.</summary>
    /// <param name="running">The application that runs.</param>
    /// <param name="target">The new application. It must not have been started, and cannot be used afterwards.</param>
    /// <param name="staying">For each service of the target that is not to start, the running one in its place. The target itself is among them.</param>
    /// <param name="predecessors">For each service of the target that replaces another, the running one.</param>
    /// <param name="leaving">The running services that must stop, in the order of their start, including their descendants.</param>
    /// <exception cref="ArgumentException">A service of the target is not a <see cref="Service"/>.</exception>
    public TreeReplacement(Application running, Application target, IReadOnlyDictionary<IService, IService> staying, IReadOnlyDictionary<IService, IService> predecessors, IReadOnlyCollection<IService> leaving)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(staying);
        ArgumentNullException.ThrowIfNull(predecessors);
        ArgumentNullException.ThrowIfNull(leaving);
        (_running, _staying, _predecessors) = (running, staying, predecessors);
        _leaving = new HashSet<IService>(leaving, ReferenceEqualityComparer.Instance);
        Leaving = [.. leaving];
        Arrange(running, target);
    }

    /// <summary>Gets the running services that must stop, in the order of their start.</summary>
    public IReadOnlyList<IService> Leaving { get; }

    /// <summary>Starts the new services, then transfers states. If that fails, the new services are stopped in reverse order, and the running tree is unchanged.</summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="Exception">The failure of the service that did not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (newcomer, twin, group) in _newcomers)
                newcomer.MoveBeside(twin, group);
            foreach (var each in AllNewcomers())
                each.BodyGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _sockets = _running.ListeningSockets.BeginExchange(PathsOf(Leaving), PathsOf(_newcomers.SelectMany(each => WithBelow(each.Newcomer))));
            foreach (var (newcomer, _, _) in _newcomers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _started.Add(newcomer);
                await newcomer.PrivilegedStartAsync(cancellationToken);
            }

            foreach (var (newcomer, _, _) in _newcomers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await newcomer.StartAsync(cancellationToken);
            }

            foreach (var (newcomer, predecessor) in _predecessors)
                StateHandover.Run(predecessor, newcomer);
            if (AllNewcomers().FirstOrDefault(each => each.State == ServiceState.Failed) is { } failed)
                throw new ServiceFailedException(failed.ServicePath, failed.LastFailure ?? new InvalidOperationException("The service failed."));
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception e)
        {
            await UndoAsync(cancellationToken);
            ExceptionDispatchInfo.Throw(e);
        }
    }

    /// <summary>Abandons a start that does not end although it was cancelled. Its later effects do not reach the running tree.</summary>
    public void Abandon()
    {
        if (_sockets is not null)
            _running.ListeningSockets.EndExchange(_sockets, isCommitted: false);
    }

    /// <summary>Puts the new services in their places. From here on there is no way back.</summary>
    public void Commit()
    {
        List<(IService Service, string Path)> before = [.. _staying.Values.Select(service => (service, service.ServicePath))];
        if (_sockets is not null)
            _running.ListeningSockets.EndExchange(_sockets, isCommitted: true);
        foreach (var service in Leaving.OfType<Service>())
            service.IsApart = true;
        foreach (var (group, children) in _groups)
            group.Children.Become(children, _leaving);
        foreach (var (newcomer, _, group) in _newcomers)
        {
            newcomer.IsApart = false;
            if (newcomer.State == ServiceState.Failed)
                group.ServiceFailed(newcomer, newcomer, newcomer.LastFailure ?? new InvalidOperationException("The service failed."));
        }

        _sockets?.Move(before.Where(each => each.Service.ServicePath != each.Path).ToDictionary(each => each.Path, each => each.Service.ServicePath));
        foreach (var each in AllNewcomers().Where(each => !_predecessors.ContainsKey(each)))
            each.BodyGate?.TrySetResult();
    }

    /// <summary>Stops the leaving services in reverse order of their start. Continues after failures.</summary>
    /// <param name="cancellationToken">Cancelled when the grace period is over.</param>
    /// <returns>The failures.</returns>
    public async Task<IReadOnlyList<Exception>> StopLeavingAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        var successors = _predecessors.ToDictionary(each => each.Value, each => each.Key, (IEqualityComparer<IService>)ReferenceEqualityComparer.Instance);
        foreach (var service in Leaving.Reverse())
        {
            // A group stops its own children.
            if (service.Parent is IService parent && _leaving.Contains(parent))
                continue;
            List<IService> below = [.. WithBelow(service)];
            await StopAsync(service, failures, cancellationToken);

            // Not before: without a parent, it would log nowhere.
            if (service is Service { Parent: { } parentThen } left)
                left.ClearParent(parentThen);
            foreach (var each in below)
                Release(each);
        }

        foreach (var service in Leaving)
            Release(service);
        return failures;

        void Release(IService service)
        {
            if (successors.GetValueOrDefault(service) is Service successor)
                successor.BodyGate?.TrySetResult();
        }
    }

    private async Task StopAsync(IService service, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            await GracePeriod.WaitForStopAsync(service.StopAsync(cancellationToken), service.ServicePath, cancellationToken);
        }
        catch (Exception e)
        {
            ServiceLog.StopFailed(_running.Logger, e, service.ServicePath);
            failures.Add(e);
        }
    }

    /// <summary>Finds, for each group that stays, its children to be, and which of them are new.</summary>
    private void Arrange(MultiService group, MultiService twin)
    {
        List<(IService, string)> children = [];
        foreach (var child in twin)
        {
            var segment = twin.Children.SegmentOf(child);
            if (_staying.GetValueOrDefault(child) is { } stays)
            {
                children.Add((stays, segment));
                if (stays is MultiService below && child is MultiService twinBelow)
                    Arrange(below, twinBelow);
            }
            else if (child is Service newcomer)
            {
                children.Add((newcomer, segment));
                _newcomers.Add((newcomer, twin, group));
            }
            else
            {
                throw new ArgumentException($"The service '{child.ServicePath}' cannot join a running tree, because it is not a Service. Derive its class from Service.", nameof(twin));
            }
        }

        _groups.Add((group, children));
    }

    private IEnumerable<Service> AllNewcomers() => _newcomers.SelectMany(each => WithBelow(each.Newcomer)).OfType<Service>();

    private static IEnumerable<IService> WithBelow(IService service) =>
        service is MultiService group ? group.SelectMany(WithBelow).Prepend(service) : [service];

    private static HashSet<string> PathsOf(IEnumerable<IService> services) => [.. services.Select(service => service.ServicePath)];

    private async Task UndoAsync(CancellationToken cancellationToken)
    {
        Abandon();
        for (var i = _started.Count - 1; i >= 0; i--)
            await StopAsync(_started[i], [], cancellationToken);
    }
}
