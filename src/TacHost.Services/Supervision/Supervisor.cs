using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;

namespace TacHost.Services.Supervision;

/// <summary>A group that restarts children which have ended. Erlang's supervisor.</summary>
/// <remarks>
/// A child has ended when it has failed at any depth below, when a start of it has failed, or when its long-running body has returned. A child that somebody
/// has stopped has not ended by itself, and is left alone. A restart stops the children that the strategy says in reverse, waits for the back-off, and starts them in order:
/// the same instances, or new ones where a factory was given. When more restarts would be needed than allowed, the supervisor itself fails, and its parent decides.
/// A failed first start fails the start of the tree unless <see cref="RetryFirstStart"/> is set.
/// Ends of children are handled one at a time, in order, on the thread pool. A stop of the tree cancels a restart at once.
/// </remarks>
public class Supervisor : MultiService
{
    private readonly ConditionalWeakTable<IService, SupervisedChild> _supervised = [];
    private readonly RestartStrategy _strategy;
    private readonly int _maxRestarts;
    private readonly TimeSpan _within;
    private readonly RestartWindow _window;
    private CancellationTokenSource _stopping = new();
    private CancellationTokenSource _hurry = new();
    private RestartSchedule? _schedule;
    private long _startedAt;

    /// <summary>Initializes a supervisor without children.</summary>
    /// <param name="strategy">Which children are restarted when one has ended.</param>
    /// <param name="maxRestarts">The number of restarts allowed within the time; one more makes the supervisor fail. 0 restarts nothing; <see cref="int.MaxValue"/> is no limit.</param>
    /// <param name="within">The time in which restarts are counted. Defaults to one minute.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strategy is not defined, the number is negative, or the time is not greater than zero.</exception>
    public Supervisor(RestartStrategy strategy = RestartStrategy.OneForOne, int maxRestarts = 5, TimeSpan? within = null)
    {
        if (!Enum.IsDefined(strategy))
            throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "The restart strategy is not defined.");
        ArgumentOutOfRangeException.ThrowIfNegative(maxRestarts);
        (_strategy, _maxRestarts, _within) = (strategy, maxRestarts, within ?? TimeSpan.FromMinutes(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_within, TimeSpan.Zero, nameof(within));
        _window = new RestartWindow(maxRestarts, _within);
    }

    /// <summary>
    /// Gets the delays before restarts. A child that has run for <see cref="Backoff.ResetAfter"/> is restarted at once.
    /// Defaults to 0.2 seconds after the first shorter run, doubled after each further one up to 30 seconds, with a random time of less than 0.1 seconds on top.
    /// </summary>
    public Backoff Backoff { get; init; } = new()
    {
        InitialDelay = TimeSpan.FromSeconds(0.1),
        Factor = 2,
        MaxDelay = TimeSpan.FromSeconds(30),
        Jitter = () => TimeSpan.FromSeconds(Random.Shared.NextDouble() / 10),
    };

    /// <summary>Gets the function that decides about a failure, or null to restart after every failure. The policy of the child has the last word about a restart. If the function throws, the supervisor fails.</summary>
    public Func<Exception, Directive>? Decider { get; init; }

    /// <summary>Gets whether a child that fails in the first start is restarted like any other. Defaults to false: the start of the tree fails.</summary>
    public bool RetryFirstStart { get; init; }

    /// <summary>Gets how long the stop of a child may take in a restart. If it takes longer, the supervisor fails. Defaults to 30 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the clock of delays and limits. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Adds a child with a policy of its own, without starting it. Children that are added in other ways are <see cref="RestartPolicy.Permanent"/>.</summary>
    /// <param name="child">The child. A hosted service that is not an <see cref="IService"/> is wrapped.</param>
    /// <param name="policy">When the child is restarted.</param>
    /// <returns>The child as the tree sees it.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>.</exception>
    public IService AddService(IHostedService child, RestartPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(child);
        var service = child as IService ?? new HostedService(child);
        _supervised.AddOrUpdate(service, new SupervisedChild(policy));
        AddService(service);
        return service;
    }

    /// <summary>Adds a <see cref="RestartPolicy.Permanent"/> child of which each restart makes a new instance.</summary>
    /// <inheritdoc cref="AddService(Func{IHostedService}, RestartPolicy, string?)"/>
    public void AddService(Func<IHostedService> factory) => AddService(factory, RestartPolicy.Permanent, null);

    /// <summary>Adds a child of which each restart makes a new instance, as a <see cref="BackgroundService"/> needs. Calls the factory for the first instance, and starts nothing.</summary>
    /// <remarks>A new instance has the path of the old one. The old one is disposed.</remarks>
    /// <param name="factory">Makes a new instance on each call.</param>
    /// <param name="policy">When the child is restarted.</param>
    /// <param name="name">The name of each instance, or null to leave it as it is.</param>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>; or the factory has returned null or a service that is in a tree.</exception>
    public void AddService(Func<IHostedService> factory, RestartPolicy policy, string? name)
    {
        ArgumentNullException.ThrowIfNull(factory);
        SupervisedChild supervised = new(policy, factory, name);
        var first = supervised.Make();
        _supervised.Add(first, supervised);
        AddService(first);
    }

    /// <inheritdoc/>
    public sealed override void ServiceCompleted(IService child)
    {
        ArgumentNullException.ThrowIfNull(child);
        Exits.Post(new ChildExit(child, child, null));
    }

    /// <summary>Begins to handle the ends of children, once the supervisor runs.</summary>
    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Exits.Open();
        return base.ExecuteAsync(stoppingToken);
    }

    /// <summary>Not called: the supervisor handles failures itself.</summary>
    protected sealed override void OnServiceFailed(IService child, IService origin, Exception failure)
    {
    }

    internal override async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        Exits.Close();
        _window.Clear();
        (_stopping, _hurry) = (new CancellationTokenSource(), new CancellationTokenSource());
        _schedule = new RestartSchedule(TimeProvider, () => Exits.Post(default));
        _startedAt = TimeProvider.GetTimestamp();
        foreach (var child in this)
            (Of(child).ShortRuns, Of(child).RestartedAt) = (0, null);
        await base.StartCoreAsync(cancellationToken);
    }

    internal override async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        Exits.Close();
        await _stopping.CancelAsync();
        await using (cancellationToken.UnsafeRegister(static hurry => ((CancellationTokenSource)hurry!).Cancel(), _hurry))
            await GracePeriod.WaitAsync(Exits.Quiet, cancellationToken);
        _schedule?.Dispose();
        foreach (var child in this)
            SetDue(child, null, null);
        await base.StopCoreAsync(cancellationToken);
    }

    private protected override async Task StartInPassAsync(IService child, Func<CancellationToken, Task> startAsync, CancellationToken cancellationToken)
    {
        try
        {
            await base.StartInPassAsync(child, startAsync, cancellationToken);
        }
        catch (Exception e) when (RetryFirstStart && !cancellationToken.IsCancellationRequested)
        {
            // After a failed privileged part, the pass that follows tries the whole start.
            if (State == ServiceState.Starting && Phase == ServicePhase.Starting)
                Exits.Post(new ChildExit(child, child, e, IsFailedStart: true));
        }
    }

    private protected override async Task HandleExitAsync(ChildExit exit)
    {
        if (Phase != ServicePhase.Running)
            return;
        try
        {
            if (exit.Child is null)
                await StartDueAsync();
            else
                await HandleAsync(exit.Child, exit);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private async Task HandleAsync(IService child, ChildExit exit)
    {
        // The child may have been removed, stopped or restarted since.
        var hasEnded = exit.Failure is null ? exit.Origin is Service { Phase: ServicePhase.Completed }
            : exit.Origin.State == ServiceState.Failed || (exit.IsFailedStart && !child.Running);
        if (!hasEnded || !Children.Contains(child))
            return;
        if (exit.IsFailedStart)
            SupervisionLog.StartFailed(Logger, exit.Failure!, child.ServicePath);
        var supervised = Of(child);
        switch (Decide(supervised, exit.Failure))
        {
            case Directive.Stop:
                await StopChildAsync(child);
                SupervisionLog.NotRestarted(Logger, child.ServicePath, exit.Failure is null ? "its work is done" : Reason(exit.Failure));
                break;
            case Directive.Escalate:
                throw new ServiceFailedException(exit.Origin.ServicePath, exit.Failure!);
            default:
                await RestartAsync(child, supervised, exit);
                break;
        }
    }

    private Directive Decide(SupervisedChild supervised, Exception? failure)
    {
        var directive = failure is null ? Directive.Restart : Decider?.Invoke(failure) ?? Directive.Restart;
        var restarts = supervised.Policy == RestartPolicy.Permanent || (supervised.Policy == RestartPolicy.Transient && failure is not null);
        return directive == Directive.Restart && !restarts ? Directive.Stop : directive;
    }

    private async Task RestartAsync(IService child, SupervisedChild supervised, ChildExit exit)
    {
        if (!_window.TryAdd(TimeProvider))
        {
            throw new RestartLimitException(
                $"'{ServicePath}' has restarted its services {_maxRestarts} times within {_within.TotalSeconds:0.###} s, and '{exit.Origin.ServicePath}' has ended again: {Reason(exit.Failure)}", exit.Failure);
        }

        var isLong = !exit.IsFailedStart && TimeProvider.GetElapsedTime(supervised.RestartedAt ?? _startedAt) >= Backoff.ResetAfter;
        supervised.ShortRuns = isLong ? 0 : supervised.ShortRuns + 1;
        var affected = Affected(child);
        for (var i = affected.Length - 1; i >= 0; i--)
            await StopChildAsync(affected[i]);

        var delay = Backoff.DelayAfter(supervised.ShortRuns);
        SupervisionLog.Restarting(Logger, child.ServicePath, delay.TotalSeconds, Reason(exit.Failure));
        var due = _schedule!.Add(child, delay);
        foreach (var each in affected)
            SetDue(each, each == child ? due : null, TimeProvider.GetUtcNow() + delay);
        await StartDueAsync();
    }

    /// <summary>Begins the restarts whose delay is over.</summary>
    private async Task StartDueAsync()
    {
        while (_schedule!.TryTake(out var child, out var due))
        {
            if (Of(child).Due == due && Children.Contains(child))
                await StartAffectedAsync(child);
        }
    }

    private async Task StartAffectedAsync(IService first)
    {
        foreach (var child in Affected(first))
        {
            var supervised = Of(child);
            SetDue(child, null, null);
            if (supervised.Policy == RestartPolicy.Temporary || child.State is not (ServiceState.Stopped or ServiceState.Failed))
                continue;
            var present = child;
            try
            {
                present = supervised.HasFactory ? await RenewAsync((Service)child, supervised) : child;
                (present as Service)?.CountRestart();
                supervised.RestartedAt = TimeProvider.GetTimestamp();
                await StartChildAsync(present, present.StartAsync, _stopping.Token);
                SupervisionLog.Restarted(Logger, present.ServicePath);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                Exits.Post(new ChildExit(present, present, e, IsFailedStart: true));
                return;
            }
        }
    }

    private async Task<Service> RenewAsync(Service old, SupervisedChild supervised)
    {
        var successor = supervised.Make();
        _supervised.Add(successor, supervised);
        if (!Children.Replace(old, successor))
            return old;
        old.ClearParent(this);
        await ServiceDisposal.DisposeAsync(old);
        return successor;
    }

    private async Task StopChildAsync(IService child)
    {
        using CancellationTokenSource timeout = new(StopTimeout, TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _hurry.Token);
        await TryStopAsync(child, child.StopAsync, [], either.Token);
        if (child.State is not (ServiceState.Stopped or ServiceState.Failed))
            throw new TimeoutException($"The service '{child.ServicePath}' cannot be restarted, because it did not stop within {StopTimeout.TotalSeconds:0.###} s.");
    }

    private IService[] Affected(IService child)
    {
        if (_strategy == RestartStrategy.OneForOne)
            return [child];
        var all = Children.Snapshot();
        return _strategy == RestartStrategy.OneForAll ? all : all[Math.Max(0, Array.IndexOf(all, child))..];
    }

    private SupervisedChild Of(IService child) => _supervised.GetValue(child, static _ => new SupervisedChild(RestartPolicy.Permanent));

    private void SetDue(IService child, long? due, DateTimeOffset? time)
    {
        Of(child).Due = due;
        (child as Service)?.SetNextTry(Of(child).Policy == RestartPolicy.Temporary ? null : time);
    }

    private static string Reason(Exception? failure) => failure?.Message ?? "its body has returned";
}
